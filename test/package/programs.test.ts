import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { ROOT } from '../../docs/.vitepress/forge.js';
import { GOOD_SETTINGS, Process } from '../support/processes.js';
import { Stage } from '../support/stage.js';

/** Inside the project, so that its own name resolves as it does for a user. */
const FOLDER = path.join(ROOT, '.cache', 'programs');

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.start();
});

afterAll(async () => {
  await stage.close();
  await rm(FOLDER, { recursive: true, force: true });
});

test('the pipeline of docs/start.md runs as written and prints what the page says', async () => {
  const page = await readFile(path.join(ROOT, 'docs/start.md'), 'utf8');
  const [, printed = ''] = /it prints `([^`]+)`/.exec(page) ?? [];
  const worker = await stage.readyWorker();
  const main = await startProgramOf('start.md');
  const { code } = await main.end;
  await worker.kill();

  expect([code, code === 0 ? '' : main.output]).toEqual([0, '']);
  expect(printed).not.toBe('');
  // On a busy machine a poll comes late, and saves the next.
  const anyPolls = (text: string) => text.replace(/\d+ polls/, 'N polls');
  expect(anyPolls(main.stdout)).toContain(anyPolls(printed));
});

/** Writes the files of a page and starts its `main.ts`. */
async function startProgramOf(page: string): Promise<Process> {
  const text = await readFile(path.join(ROOT, 'docs', page), 'utf8');
  const folder = path.join(FOLDER, page);
  await mkdir(folder, { recursive: true });
  for (const [, code = '', name = ''] of text.matchAll(/^```ts\n(\/\/ (\S+)\n[\s\S]*?)^```/gm)) {
    await writeFile(path.join(folder, name), code);
  }
  const own = { TEMPORAL_ADDRESS: stage.address, TENCENTCLOUD_REDIS_ENDPOINT: stage.simulator.url };
  return new Process([process.execPath, '--import', 'tsx', path.join(folder, 'main.ts')], {
    env: { ...process.env, ...GOOD_SETTINGS, ...own },
  });
}
