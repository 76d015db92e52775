// A process of its own, since a program that is started inherits the real environment. Starts both servers and prints
// which variables of Tencent Cloud each of them was given.
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { startDevServer, startTestServer } from '../../src/engine/index.js';

const [devServer, testServer] = [await startDevServer(), await startTestServer()];
const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid);
const seen = Object.fromEntries(children.map((pid) => [programOf(pid), cloudVariablesOf(pid)]));
await Promise.all([devServer.stop(), testServer.stop()]);
console.log(JSON.stringify(seen));

function parentOf(pid: string): number {
  return Number(/^PPid:\s*(\d+)$/m.exec(read(pid, 'status'))?.[1]);
}

function programOf(pid: string): string {
  return read(pid, 'cmdline').split('\0')[0]?.split('/').at(-1) ?? '';
}

function cloudVariablesOf(pid: string): string[] {
  const variables = read(pid, 'environ').split('\0');
  return variables
    .filter((each) => /^TENCENTCLOUD_/i.test(each))
    .concat(variables.filter((each) => each === 'OTHER=x'));
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
