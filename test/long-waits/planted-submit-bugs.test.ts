// What the explorer of changes must find on a real server: each of these bugs is planted in a copy of the build, alone.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KINDS } from '../explore/real/changes/kinds.js';
import type { PlannedChange } from '../explore/real/changes/plan.js';
import { ExploredChanges, settingsFor } from '../explore/real/changes/run.js';
import { ExplorerStage } from '../explore/real/stage.js';
import { type Edit, plantingIn, ROOT } from './plant.js';

/** One change of an instance that is free again when a bug submits it once more. */
const CHANGE: Omit<PlannedChange, 'index' | 'key' | 'beginsAtMs' | 'instanceIds' | 'kind' | 'submitFaults'> = {
  ...{ maxWaitMs: 60_000, waitFor: 'start', pacing: 'timers', hasSecret: true },
  ...{ busyCode: 'ResourceInUse.InstanceBeenLocked', refusedCode: 'InvalidParameterValue.CheckNotPass' },
  ...{ listLagMs: 0, takesMs: 100, endsAs: 'succeed', namedBy: 'both', lockedMs: 0, cancelAtMs: undefined },
};
const KILLED = 'RestoreInstance';
const KILLED_AT_MS = 15_000;

/** Whose answer is lost, whose answer says nothing, and whose worker is killed. */
const CHANGES = (
  [['ClearInstance', 'lostAfter'], ['ManualBackupInstance', 'unreadableAfter'], [KILLED]] as const
).flatMap(([action, ...submitFaults], index): PlannedChange[] =>
  KINDS.filter((kind) => kind.action === action).map((kind) => ({
    ...{ ...CHANGE, index: 2 * index, key: `change-${2 * index}`, kind, submitFaults },
    // With its worker goes what that has not told yet: the others are through by then.
    beginsAtMs: action === KILLED ? KILLED_AT_MS : 0,
    instanceIds: [`crs-change${2 * index}`],
  })),
);

const BUGS: [name: string, told: string, ...edits: Edit[]][] = [
  [
    'the submit is retried',
    'executed 2 times',
    {
      file: 'workflows/action/calls.js',
      text: 'retry: { maximumAttempts: 1 }',
      becomes: 'retry: { maximumAttempts: 3 }',
    },
  ],
  [
    'a lost answer is taken for one to a request that was never sent',
    'executed 2 times',
    {
      file: 'contract/action/submit-class.js',
      text: String.raw`NetworkError\.(ECONNREFUSED|`,
      becomes: String.raw`NetworkError\.(ECONNRESET|ECONNREFUSED|`,
    },
  ],
  [
    'an answer that says nothing is taken for one that had nothing to do',
    'it succeeded with the tasks',
    {
      file: 'activities/action/submit.js',
      text: 'const started = readStarted(answer);',
      becomes: 'const started = readStarted(answer) ?? { taskIds: [], dealName: null, instanceIds: [] };',
    },
  ],
];

const plant = plantingIn('lib');

test('the changes of these tests show nothing when no bug is planted', async () => {
  await expect(explore(path.join(ROOT, 'lib'))).resolves.not.toContain('✗');
});

test.each(BUGS)('finds that %s', async (name, told, ...edits) => {
  const lib = await plant(name, ...edits);
  // So that the worker bundles the workflow again.
  await writeFile(path.join(lib, 'workflow-bundle.json'), JSON.stringify({ sdkVersion: 'planted' }));

  await expect(explore(lib)).resolves.toContain(told);
});

/** Plays the changes on workers of this build, and kills one in a submit. @returns what it told */
async function explore(lib: string): Promise<string> {
  const secrets = await mkdtemp(path.join(tmpdir(), 'redis-task-secrets-'));
  await ExploredChanges.writeSecrets(secrets, CHANGES);
  const settings = settingsFor(secrets);
  const stage = await ExplorerStage.start({ lib, simulator: { requestsPerSecond: false }, settings });
  try {
    await stage.addWorker().prints('Waiting for Redis tasks');
    const explored = new ExploredChanges(stage, CHANGES);
    const kill = async () => {
      await sleep(KILLED_AT_MS - 1_000);
      await stage.untilSubmit('arrival', KILLED);
      await stage.killWorker('SIGKILL');
    };
    await Promise.all([explored.play(), kill()]);
    const told: string[] = [];
    await explored.judge(
      () => 'not alone',
      (text) => told.push(text),
    );
    return told.join('\n');
  } finally {
    await stage.close();
    await rm(secrets, { recursive: true });
  }
}
