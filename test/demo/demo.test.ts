import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { Process } from '../support/processes.js';

/** Takes a port unless something else has it already: either way it is taken. */
async function takePort(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function runDemo(recordFolder: string): Promise<{ code: number | null; output: string }> {
  const demo = new Process([process.execPath, '--import', 'tsx', 'scripts/demo/main.ts', '--record', recordFolder]);
  const { code } = await demo.end;
  return { code, output: demo.output };
}

describe('npm run demo, with the usual ports taken', () => {
  let folder: string;
  let taken: Server[];
  let demo: Awaited<ReturnType<typeof runDemo>>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'demo-test-'));
    taken = await Promise.all([7233, 8233].map(takePort));
    demo = await runDemo(folder);
  }, 120_000);

  afterAll(async () => {
    for (const server of taken) server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('ends by itself with exit code 0 when it is not in a terminal', () => {
    expect(demo.output).toContain('ridden out');
    expect(demo.code).toBe(0);
  });

  test.each([
    '✓ cleared (task ',
    '✓ cleared after 1 extension of the wait',
    '✓ RedisTaskFailed: ',
    '✓ RedisTaskErrored: ',
    '✓ RedisTaskInvalidInput: ',
    '✓ succeed (crs-09u2u96z; polls: 1',
  ])('prints the outcome "%s"', (outcome) => {
    expect(demo.output).toContain(outcome);
  });

  test('prints a link to Temporal UI for each outcome', () => {
    const outcomes = demo.output.match(/^ {2}✓ /gm);
    const links = demo.output.match(/^ {2}http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/\S+$/gm);
    expect(links).toHaveLength(outcomes?.length ?? NaN);
  });

  test('shows the progress of each task', () => {
    expect(demo.output).toMatch(/^ {2}task \d+ · running · crs-full0002/m);
  });

  test('leaves no secret in its output, its logs or any history', async () => {
    const files = await readdir(folder);
    const written = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));

    expect(files.filter((file) => file.endsWith('.json')).length).toBeGreaterThan(10);
    expect(files).toEqual(expect.arrayContaining(['worker.log', 'pipelines.log']));
    for (const text of [demo.output, ...written]) {
      for (const form of formsOf(SIMULATOR_CREDENTIAL.secretKey)) expect(text).not.toContain(form);
      expect(text).not.toContain('TC3-HMAC-SHA256');
    }
  });
});

/** A secret as a log would show it, and as payloads of a history would hold it: in base64, at each of three offsets. */
function formsOf(secret: string): string[] {
  const encoded = ['', 'x', 'xx'].map((before) => {
    const text = Buffer.from(before + secret).toString('base64');
    // The first and the last characters depend on what stands around the secret.
    return text.slice(4, -4);
  });
  return [secret, ...encoded];
}
