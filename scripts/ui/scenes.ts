import type { AwaitRedisTaskInput } from 'temporal-tencent-redis';
import { RedisTaskClient } from 'temporal-tencent-redis/client';
import { CALLERS } from '../../examples/nexus/workers.js';
import { waitOfChangeId } from '../../src/contract/ids.js';
import { watchWorkflowId } from '../../src/contract/ids.js';
import type { Fault, TaskStep } from '../../src/testing/index.js';
import type { Stage } from '../../test/support/stage.js';
import { TASK_QUEUE } from '../demo/pipeline/worker.js';

export const REGION = 'ap-guangzhou';

/** A queue whose worker takes waits, but nobody their calls. */
export const NO_CALLS_QUEUE = 'redis-task-without-calls';
const NOBODYS_QUEUE = 'redis-task-of-nobody';

/** One page of Temporal UI, and what a person must be able to read on it. */
export interface Scene {
  readonly name: string;
  readonly workflowId: string;
  readonly namespace?: string;
  readonly tab: 'timeline' | 'user-metadata' | 'pending-activities';
  readonly texts: readonly (string | RegExp)[];
}

type Page = Omit<Scene, 'workflowId'>;
type Options = Omit<AwaitRedisTaskInput, 'taskId' | 'region'> & {
  readonly taskQueue?: string;
  readonly fault?: Fault;
};

const RUNNING: TaskStep = { status: 'running' };
const SHARED = { pacing: 'shared' } as const;
const WATCH = watchWorkflowId('redis-task', REGION);
const UTC = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/.source;

/** Starts a wait for each way in which one can go. */
export async function startScenes(stage: Stage): Promise<readonly Scene[]> {
  const { client, simulator } = stage;
  const scenes: Scene[] = [];
  let taskId = 18_214;
  const show = (workflowId: string, ...pages: readonly Page[]) =>
    void scenes.push(...pages.map((page) => ({ ...page, workflowId })));

  /** Starts a wait for a task that goes through these steps; without any it does not exist. */
  const wait = async (timeline: readonly TaskStep[], options: Options, pages: (taskId: number) => readonly Page[]) => {
    const { taskQueue = 'redis-task', fault, ...input } = options;
    taskId += 1;
    const instanceId = `crs-${(taskId * 7919).toString(36).padStart(8, '0')}`;
    if (timeline.length > 0) simulator.addTask(taskId, { timeline, instanceId });
    if (fault) simulator.fault(fault, { taskId });
    const waits = new RedisTaskClient(client, { taskQueue });
    const { workflowId } = await waits.start({ taskId, region: REGION, ...input });
    show(workflowId, ...pages(taskId));
    return workflowId;
  };

  await wait([RUNNING], { maxWait: '4h' }, (id) => [
    {
      name: 'running',
      tab: 'timeline',
      texts: [
        `redis-task/${REGION}/${id}`,
        `poll 2 of task ${id}`,
        new RegExp(`running · next poll in [^,]+, at ${UTC}`),
        new RegExp(`deadline at ${UTC} · maxWait 4 h`),
      ],
    },
    {
      name: 'running-details',
      tab: 'user-metadata',
      texts: [
        `Redis task ${id} in ${REGION}`,
        new RegExp(`Status: running, seen at ${UTC}`),
        'Instance: crs-',
        new RegExp(`Waiting since: ${UTC}`),
        new RegExp(`Next poll: ${UTC}`),
        new RegExp(`Deadline: ${UTC}`),
        'More Actions: the signal pollNow',
      ],
    },
  ]);
  await wait([RUNNING], { maxWait: '4h', polling: SHARED }, (id) => [
    {
      name: 'shared',
      tab: 'timeline',
      texts: ['joins the watch of shared waits', new RegExp(`running · next poll in [^,]+, at ${UTC}`)],
      hidden: new RegExp(`poll 2 of task ${id}`),
    },
    {
      name: 'shared-details',
      tab: 'user-metadata',
      texts: [
        `Redis task ${id} in ${REGION}`,
        new RegExp(`Watched since: ${UTC}, by ${WATCH}`),
        'sooner when the watch says so',
      ],
    },
  ]);
  show(
    WATCH,
    {
      name: 'watch',
      tab: 'timeline',
      texts: [`lists the unfinished tasks of ${REGION} while anybody waits`],
    },
    {
      name: 'watch-details',
      tab: 'user-metadata',
      texts: [`Watch of the shared waits in ${REGION}`, /Waits: \d/, new RegExp(`Last sweep: ${UTC}`)],
    },
    { name: 'watch-pending', tab: 'pending-activities', texts: ['sweepRedisTasks', '"lastSweepAt":', '"waits":'] },
  );
  await wait([RUNNING], { fault: { kind: 'listHidden' }, polling: SHARED }, () => [
    {
      name: 'paces-itself',
      tab: 'user-metadata',
      texts: [new RegExp(`Paces itself until: ${UTC}, because the list does not show the task`)],
    },
  ]);
  await wait([{ status: 'migrating', message: 'step 3 of 7' }], {}, () => [
    {
      name: 'unknown-status',
      tab: 'user-metadata',
      texts: [/Status: migrating, seen at/, 'Message: step 3 of 7', new RegExp(`Next poll: ${UTC}`)],
    },
  ]);
  await wait([RUNNING], { fault: { kind: 'throttled' } }, () => [
    {
      name: 'throttled',
      tab: 'timeline',
      texts: ['not seen yet · last poll failed: RequestLimitExceeded · next poll in', 'polls have failed since'],
    },
    {
      name: 'throttled-details',
      tab: 'user-metadata',
      texts: [
        'Status: not seen yet',
        'Last error: RequestLimitExceeded',
        new RegExp(`Polls have failed since: ${UTC}`),
      ],
    },
  ]);
  await wait([RUNNING], { taskQueue: NOBODYS_QUEUE }, (id) => [
    {
      name: 'no-worker',
      tab: 'timeline',
      texts: ['No workers polling', `There are no workers polling the ${NOBODYS_QUEUE} task queue`, `"taskId": ${id}`],
    },
  ]);
  await wait([RUNNING], { taskQueue: NO_CALLS_QUEUE, maxWait: '1s' }, () => [
    {
      name: 'no-call-worker',
      tab: 'timeline',
      texts: ['"type": "RedisTaskTimedOut"', `No worker took the call from task queue \\"${NO_CALLS_QUEUE}-api\\"`],
    },
  ]);
  await wait(
    [
      { ...RUNNING, forPolls: 2 },
      { status: 'failed', message: 'disk full on shard 3' },
    ],
    {},
    (id) => [
      {
        name: 'failed',
        tab: 'timeline',
        texts: [
          '"type": "RedisTaskFailed"',
          new RegExp(`Redis task ${id} \\(.+\\) of instance crs-.+ in ${REGION} ended in status`),
          'the API said \\"disk full on shard 3\\"',
          'Fix what its message names, then submit the change again',
        ],
      },
      { name: 'failed-details', tab: 'user-metadata', texts: ['Message: disk full on shard 3', 'The task failed.'] },
    ],
  );
  await wait([{ status: 'Error', message: 'the flow was aborted' }], {}, () => [
    {
      name: 'errored',
      tab: 'timeline',
      texts: ['"type": "RedisTaskErrored"', 'the flow was aborted', 'Look at the instance in the console'],
    },
  ]);
  await wait([RUNNING], { maxWait: '6s' }, () => [
    {
      name: 'timed-out',
      tab: 'timeline',
      texts: [
        '"type": "RedisTaskTimedOut"',
        'had not ended when maxWait of 6 s ran out',
        'start the wait again with this input',
      ],
    },
  ]);
  await wait([RUNNING], { fault: { kind: 'error', code: 'AuthFailure.UnauthorizedOperation' } }, () => [
    {
      name: 'unauthorized',
      tab: 'timeline',
      texts: ['"type": "RedisTaskUnauthorized"', 'no poll saw the task', 'fix the key or its permission'],
    },
  ]);
  await wait([], {}, (id) => [
    {
      name: 'rejected',
      tab: 'timeline',
      texts: [
        '"type": "RedisTaskRejected"',
        `to describe Redis task ${id} in ${REGION}`,
        'Check the task id, the region',
      ],
    },
  ]);
  const cancelled = await wait([RUNNING], {}, () => [
    {
      name: 'cancelled',
      tab: 'user-metadata',
      texts: ['CANCELED', 'The wait was cancelled. The task itself goes on'],
    },
  ]);
  await simulator.waitForCall((call) => call.taskId === String(taskId) && call.outcome === 'ok');
  await client.workflow.getHandle(cancelled).cancel();

  await startChanges(stage, show);
  await startTypo(stage, show);
  await startParent(stage, show);
  await startNexusCaller(stage, show);
  return scenes;
}

/** Changes of instances: one that waits for its order, one whose instance is busy, and the wait for what was ordered. */
async function startChanges({ client, simulator }: Stage, show: Show): Promise<void> {
  const start = async (InstanceId: string) => {
    const params = { InstanceId, MemSize: 4_096 };
    const args = [{ action: 'UpgradeInstance', region: REGION, params, expect: { memSizeMb: 4_096 }, maxWait: '4h' }];
    const workflowId = `resize-${InstanceId}`;
    await client.workflow.start('runRedisAction', { taskQueue: 'redis-task', workflowId, args });
    return workflowId;
  };
  simulator.addInstance('crs-busy0001', { timeline: [{ status: 2, locked: true }] });
  simulator.addInstance('crs-grow0001', { timeline: [{ status: 2 }] });
  simulator.scriptAction('UpgradeInstance', {
    deal: { timeline: [{ status: 3, instanceIds: ['crs-grow0001'] }] },
    instances: { 'crs-grow0001': { timeline: [{ status: 1 }] } },
  });
  const facts = (id: string) => [
    `UpgradeInstance in ${REGION} until {"memSizeMb":4096}`,
    `Instance: ${id}`,
    new RegExp(`Since: ${UTC}`),
  ];
  const ends = [new RegExp(`Deadline: ${UTC}`), 'Nothing has to be done.'];
  const busy = await start('crs-busy0001');
  show(busy, {
    name: 'change-busy',
    tab: 'user-metadata',
    texts: [
      ...facts('crs-busy0001'),
      new RegExp(`Submits: \\d+, the last at ${UTC}: busy`),
      'Last error: ResourceUnavailable.InstanceLockedError',
      new RegExp(`another flow holds the instance; it is submitted again at ${UTC}`),
      ...ends,
    ],
  });
  const resize = await start('crs-grow0001');
  show(
    resize,
    {
      name: 'change',
      tab: 'timeline',
      texts: ['submit 1 of UpgradeInstance', `Redis instances in ${REGION} until running`],
    },
    {
      name: 'change-details',
      tab: 'user-metadata',
      texts: [
        ...facts('crs-grow0001'),
        new RegExp(`Submits: 1, the last at ${UTC}: accepted`),
        /Deal: \d{20}/,
        'it waits for what was started: each wait has a page of its own, under Relationships',
        ...ends,
      ],
    },
  );
  show(waitOfChangeId(resize, REGION, 'instances'), {
    name: 'instances-details',
    tab: 'user-metadata',
    texts: [
      `Redis instances until running in ${REGION} with {"memSizeMb":4096}`,
      /Deal: \d+, status 3 \(delivering\)/,
      'crs-grow0001: status 1 (in a flow), 1024 MB x 1',
      new RegExp(`Next poll: (${UTC}|a poll is under way)`),
      new RegExp(`Deadline: ${UTC}`),
    ],
  });
}

type Show = (workflowId: string, ...pages: readonly Page[]) => void;

async function startTypo({ client }: Stage, show: Show): Promise<void> {
  const args = [{ taskId: 18_215, region: REGION, maxwait: '1h' }];
  const { workflowId } = await client.workflow.start('awaitRedisTask', {
    taskQueue: 'redis-task',
    workflowId: 'a-misspelled-field',
    args,
  });
  show(workflowId, { name: 'invalid-input', tab: 'timeline', texts: ['"type": "RedisTaskInvalidInput"', 'maxwait'] });
}

async function startParent({ client, simulator }: Stage, show: Show): Promise<void> {
  simulator.onCreate((_action, { InstanceId }) => ({ instanceId: String(InstanceId), timeline: [RUNNING] }));
  const { workflowId } = await client.workflow.start('clearRedis', {
    taskQueue: TASK_QUEUE,
    workflowId: 'clear-crs-09u2u96z',
    staticSummary: 'Clear crs-09u2u96z',
    args: [{ instanceId: 'crs-09u2u96z', region: REGION, maxWait: '1h' }],
  });
  const texts = ['clearInstance', new RegExp(`Redis task \\d+ in ${REGION}`)];
  show(workflowId, { name: 'parent', tab: 'timeline', texts });
}

async function startNexusCaller(stage: Stage, show: Show): Promise<void> {
  const taskId = 19_001;
  stage.simulator.addTask(taskId, { timeline: [RUNNING] });
  const { workflowId } = await stage.clientOf(CALLERS).workflow.start('migrate', {
    taskQueue: 'migrations',
    workflowId: 'migrate',
    args: [taskId, REGION],
  });
  const texts = [`Redis task ${taskId} in ${REGION}`];
  show(workflowId, { name: 'nexus-caller', namespace: CALLERS, tab: 'timeline', texts });
}
