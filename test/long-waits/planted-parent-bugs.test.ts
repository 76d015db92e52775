// The explorer must find what is wrong with waits that have parents: each bug is planted in a copy of the build, alone, and
// waits are played on a real server. Without a bug the same waits show nothing.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { planRun } from '../explore/real/plan.js';
import { playAndJudge } from '../explore/real/run.js';
import { ExplorerStage } from '../explore/real/stage.js';
import { createParentsWorker } from '../explore/real/starter.js';
import { waitScripts } from '../explore/wait-script.js';
import { LONG_HISTORIES_SERVER } from '../support/environments.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LONGEST_MS = 30_000;

/** A bug: in which file of the build which text becomes which. */
interface Bug {
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

const BUGS: [name: string, ...bugs: Bug[]][] = [
  [
    'no wait tells its worker of its parent',
    { file: 'workflows/parents.js', text: 'redisTaskParents.follow();', becomes: '' },
    // Or it would be found by those who look for it, half a minute later.
    { file: 'parents/index.js', text: 'follower.follow(parent)', becomes: 'void parent' },
  ],
  [
    'the cancellation of an earlier wait is taken for one of the next',
    {
      file: 'contract/parent-history.js',
      text: 'isCancelled: false',
      becomes: 'isCancelled: known.get(workflowId)?.isCancelled ?? false',
    },
  ],
];

let folder: string;

beforeAll(async () => {
  // Under the project, so that its packages are found.
  await mkdir(path.join(ROOT, '.cache'), { recursive: true });
  folder = await mkdtemp(path.join(ROOT, '.cache/planted-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('the waits of these tests show nothing when no bug is planted', async () => {
  await expect(explore(path.join(ROOT, 'lib'))).resolves.toBe(0);
});

test.each<[string, ...Bug[]]>(BUGS)('finds that %s', async (name, ...bugs) => {
  const lib = path.join(folder, name.replace(/\W+/g, '-'));
  await cp(path.join(ROOT, 'lib'), lib, { recursive: true });
  for (const bug of bugs) await plant(bug, lib);
  // So that the worker bundles the workflow again.
  await writeFile(path.join(lib, 'workflow-bundle.json'), JSON.stringify({ sdkVersion: 'planted' }));

  await expect(explore(lib)).resolves.toBeGreaterThan(0);
});

/** Plays waits of parents on workers of this build. @returns how many were judged wrong */
async function explore(lib: string): Promise<number> {
  const stage = await ExplorerStage.start({
    ...{ lib, server: LONG_HISTORIES_SERVER, simulator: { requestsPerSecond: false } },
    settings: { REDIS_TASK_API_RPS: '20' },
  });
  try {
    await stage.runWorker(createParentsWorker);
    await stage.addWorker().prints('Waiting for Redis tasks');
    const plan = planRun({
      ...{ seed: 1, waits: 60, seconds: 10, faults: 0, parents: 1, scripts: waitScripts(LONGEST_MS) },
      ...{ killEverySeconds: 0, killServer: false },
    });
    const options = { longestMs: LONGEST_MS, about: lib, again: () => 'not alone' };
    return await playAndJudge(stage, plan, options);
  } finally {
    await stage.close();
  }
}

async function plant({ file, text, becomes }: Bug, lib: string): Promise<void> {
  const code = await readFile(path.join(lib, file), 'utf8');
  // The code has moved on when this fails, and the bug has to follow.
  expect(code.split(text)).toHaveLength(2);
  await writeFile(path.join(lib, file), code.replace(text, becomes));
}
