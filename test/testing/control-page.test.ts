import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { RedisApiSimulator } from '../support/simulator.js';

test('the calls of docs/simulator.md work as written', async () => {
  const page = await readFile(new URL('../../docs/simulator.md', import.meta.url), 'utf8');
  const scripts = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, code = '']) =>
    code.includes('curl') ? [code] : [],
  );
  expect(scripts).toHaveLength(2);
  const simulator = await RedisApiSimulator.start();
  const { stdout } = await promisify(execFile)('bash', [
    '-euc',
    scripts.join('\n').replaceAll('http://127.0.0.1:8080', simulator.url),
  ]);
  await simulator.close();

  // Those that print: how the task stands, the calls, and what was done.
  expect(stdout).toContain('"status": "succeed"');
  expect(stdout).toContain('"calls": []');
  expect(stdout).toContain('"executed": []');
});
