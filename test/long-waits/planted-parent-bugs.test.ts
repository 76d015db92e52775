// The explorer must find what is wrong with waits that have parents: each bug is planted in a copy of the build, alone, and
// waits are played on a real server. Without a bug the same waits show nothing.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { type PlannedWait, planRun, type Upheaval } from '../explore/real/plan.js';
import { playAndJudge } from '../explore/real/run.js';
import { ExplorerStage } from '../explore/real/stage.js';
import { createParentsWorker } from '../explore/real/starter.js';
import { LONG_HISTORIES_SERVER } from '../support/environments.js';
import { type Edit, plantingIn, ROOT } from './plant.js';

const LONGEST_MS = 30_000;

/** A wait that polls each second until it is told to end, so that it has soon continued as new. */
const scripts = fc.constant({
  maxWaitMs: LONGEST_MS,
  polling: { initialInterval: 1_000, backoffCoefficient: 1, maximumInterval: 1_000, jitter: 0 },
  task: { visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'running' }] },
  ...{ faults: [], acts: [] },
});

/** By then a wait has continued as new. */
const LATE_MS = 10_000;

function upheavalOf({ index }: PlannedWait): Upheaval {
  return { atMs: LATE_MS, does: index % 2 === 0 ? 'cancelParent' : 'startOver', where: 0 };
}

const BUGS: [name: string, told: string, ...edits: Edit[]][] = [
  [
    'no wait tells its worker of its parent',
    'The wait went on for',
    { file: 'workflows/wait/parents.js', text: 'redisTaskParents.follow();', becomes: 'void 0;' },
    // Or it would be found by those who look for it, half a minute later.
    { file: 'parents/index.js', text: 'follower.follow(parent)', becomes: 'void parent' },
  ],
  [
    'the cancellation of an earlier wait is taken for one of the next',
    'nobody asked for it',
    {
      file: 'contract/parent-history.js',
      text: "waits.delete(endOf(event)?.workflowExecution?.workflowId ?? '')",
      becomes: 'void 0',
    },
    {
      file: 'contract/parent-history.js',
      text: 'isCancelled: false',
      becomes: 'isCancelled: waits.get(initiated.workflowId)?.isCancelled ?? false',
    },
  ],
];

const plant = plantingIn('lib');

test('the waits of these tests show nothing when no bug is planted', async () => {
  await expect(explore(path.join(ROOT, 'lib'))).resolves.not.toContain('✗');
});

test.each<[string, string, ...Edit[]]>(BUGS)('finds that %s', async (name, told, ...edits) => {
  const lib = await plant(name, ...edits);
  // So that the worker bundles the workflow again.
  await writeFile(path.join(lib, 'workflow-bundle.json'), JSON.stringify({ sdkVersion: 'planted' }));

  await expect(explore(lib)).resolves.toContain(told);
});

/** Plays waits of parents on workers of this build. @returns what it told */
async function explore(lib: string): Promise<string> {
  const stage = await ExplorerStage.start({
    ...{ lib, server: LONG_HISTORIES_SERVER, simulator: { requestsPerSecond: false } },
    settings: { REDIS_TASK_API_RPS: '20' },
  });
  try {
    await stage.runWorker(createParentsWorker);
    await stage.addWorker().prints('Waiting for Redis tasks');
    const { waits, ...plan } = planRun({
      ...{ seed: 1, waits: 20, seconds: 10, faults: 0, parents: 1, scripts },
      ...{ killEverySeconds: 0, killServer: false },
    });
    const steered = waits.map((wait) => ({ ...wait, upheavals: [upheavalOf(wait)] }));
    const told: string[] = [];
    // Jest and the bundling of the planted workflow are on the same machine.
    const options = { longestMs: LONGEST_MS, about: lib, again: () => 'not alone', busyMs: () => 8_000 };
    await playAndJudge(stage, { ...plan, waits: steered }, { ...options, say: (text) => told.push(text) });
    return told.join('\n');
  } finally {
    await stage.close();
  }
}
