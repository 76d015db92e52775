// Run as a process of its own, because servers inherit the real environment. Starts both servers and prints the
// variables of Tencent Cloud that each of them got.
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { startDevServer } from '../../src/engine/index.js';
import { timeSkipping } from '../support/environments.js';
import { findTestServer } from '../support/test-server.js';

process.env['TEST_TIME_SKIPPING_SERVER'] = await findTestServer();
const [devServer, testServer] = [await startDevServer(), await timeSkipping()];
const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid);
const seen = Object.fromEntries(children.map((pid) => [programOf(pid), cloudVariablesOf(pid)]));
await Promise.all([devServer.stop(), testServer.teardown()]);
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
