import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { RedisApiSimulator } from '../support/simulator.js';

test('the calls of docs/testing.md work as written', async () => {
  const page = await readFile(new URL('../../docs/testing.md', import.meta.url), 'utf8');
  const [script = ''] = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, code = '']) =>
    code.includes('curl') ? [code] : [],
  );
  const simulator = await RedisApiSimulator.start();
  const { stdout } = await promisify(execFile)('bash', [
    '-euc',
    script.replaceAll('http://127.0.0.1:8080', simulator.url),
  ]);
  await simulator.close();

  // The two that print: how the task stands, then the calls.
  expect(stdout).toContain('"status": "succeed"');
  expect(stdout).toContain('"calls": []');
});
