import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { ROOT } from '../../docs/.vitepress/forge.js';
import { GOOD_SETTINGS, Process } from '../support/processes.js';
import { Stage } from '../support/stage.js';

/** Inside the project, so that its own name resolves as it does for a user. */
const FOLDER = path.join(ROOT, '.cache', 'start-page');

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
  await mkdir(FOLDER, { recursive: true });
  for (const [, code = ''] of page.matchAll(/^```ts\n([\s\S]*?)^```/gm)) {
    const [, name = ''] = /^\/\/ (\S+)/.exec(code) ?? [];
    await writeFile(path.join(FOLDER, name), code);
  }
  const [, printed = ''] = /it prints `([^`]+)`/.exec(page) ?? [];

  await stage.readyWorker();
  const env = {
    ...process.env,
    ...GOOD_SETTINGS,
    TEMPORAL_ADDRESS: stage.address,
    TENCENTCLOUD_REDIS_ENDPOINT: stage.simulator.url,
  };
  const main = new Process([process.execPath, '--import', 'tsx', path.join(FOLDER, 'main.ts')], { env });
  const { code } = await main.end;

  expect([code, code === 0 ? '' : main.output]).toEqual([0, '']);
  expect(printed).not.toBe('');
  expect(main.stdout).toContain(printed);
});
