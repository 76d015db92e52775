import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts the servers of this run and hands their addresses to the test files, which inherit the environment. */
export default async function setup() {
  const servers = fileURLToPath(new URL('servers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', servers], { stdio: ['pipe', 'pipe', 'inherit'] });
  globalThis.testServers = child;
  const found = await new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.endsWith('\n')) resolve(JSON.parse(output));
    });
    child.once('exit', () => reject(new Error('The servers for the tests did not start: the reason stands above.')));
  });
  Object.assign(process.env, found);
}
