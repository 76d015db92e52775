import type { Client, WorkflowHandle } from '@temporalio/client';
import {
  AWAIT_REDIS_TASK,
  clientWorkflowId,
  decodeRedisTaskFailure,
  DEFAULT_TASK_QUEUE,
  formatDuration,
  type RedisTaskResult,
} from 'temporal-tencent-redis';
import type { RedisApiSimulator, TaskStep } from '../../src/testing/index.js';
import { TASK_QUEUE } from './pipeline/worker.js';
import type { ClearRedisInput, ClearRedisOutcome } from './pipeline/workflows.js';

const REGION = 'ap-guangzhou';

/** The sample of the API document: a task that has long succeeded. */
const SEED_TASK = 18215;

/** One thing that the demo shows: what is started, and how it has to end. */
export interface Scene {
  readonly about: string;
  readonly workflowId: string;
  /** The typed outcome in one sentence. Rejects when the scene ended differently from what it is there to show. */
  readonly outcome: Promise<string>;
}

interface Pipeline {
  readonly about: string;
  readonly instanceId: string;
  readonly maxWait: string;
  readonly timeline: readonly TaskStep[];
  readonly expected: string;
}

const PIPELINES: readonly Pipeline[] = [
  {
    about: 'clears an instance, and the task succeeds',
    instanceId: 'crs-fine0001',
    maxWait: '10m',
    timeline: [
      { status: 'preparing', forMs: 2_000 },
      { status: 'running', forMs: 6_000 },
      { status: 'succeed', message: 'ok' },
    ],
    expected: 'cleared',
  },
  {
    about: 'clears an instance, and the task fails',
    instanceId: 'crs-full0002',
    maxWait: '10m',
    timeline: [
      { status: 'running', forMs: 5_000 },
      { status: 'failed', message: 'disk full on shard 3' },
    ],
    expected: 'RedisTaskFailed',
  },
  {
    about: 'clears an instance, and the task breaks off',
    instanceId: 'crs-oops0003',
    maxWait: '10m',
    timeline: [
      { status: 'running', forMs: 7_000 },
      { status: 'Error', message: 'the flow was aborted' },
    ],
    expected: 'RedisTaskErrored',
  },
  {
    about: 'runs out of time, alerts, and waits on until the task succeeds',
    instanceId: 'crs-slow0004',
    maxWait: '6s',
    timeline: [{ status: 'running', forMs: 10_000 }, { status: 'succeed' }],
    expected: 'cleared',
  },
];

/** How the simulator plays the tasks that the pipelines create, and the bad weather that they have to ride out. */
export function prepareSimulator(simulator: RedisApiSimulator): void {
  simulator.addTask(SEED_TASK, { timeline: [{ status: 'succeed' }], startTime: '2018-11-01 17:25:14' });
  simulator.onCreate((_action, { InstanceId }) => {
    const pipeline = PIPELINES.find(({ instanceId }) => instanceId === InstanceId);
    return { instanceId: String(InstanceId), timeline: pipeline?.timeline ?? [{ status: 'succeed' }] };
  });
  simulator.fault({ kind: 'html', httpStatus: 502 }, { action: 'DescribeTaskInfo', times: 2 });
  simulator.fault({ kind: 'throttled' }, { action: 'DescribeTaskInfo', times: 3 });
}

/** Starts every scene. */
export async function startScenes(client: Client): Promise<readonly Scene[]> {
  const pipelines = await Promise.all(PIPELINES.map((pipeline) => startPipeline(client, pipeline)));
  return [...pipelines, await startSeed(client), await startTypo(client)];
}

async function startPipeline(client: Client, pipeline: Pipeline): Promise<Scene> {
  const { about, instanceId, maxWait, expected } = pipeline;
  const workflowId = `clear-${instanceId}`;
  const input: ClearRedisInput = { instanceId, region: REGION, maxWait };
  const handle: WorkflowHandle = await client.workflow.start('clearRedis', {
    taskQueue: TASK_QUEUE,
    workflowId,
    args: [input],
    staticSummary: `Clear ${instanceId}`,
  });
  const outcome = (handle.result() as Promise<ClearRedisOutcome>).then((ended) => {
    const seen = ended.outcome === 'cleared' ? ended.outcome : ended.because;
    if (seen !== expected) throw new Error(`Expected ${expected}, not ${JSON.stringify(ended)}`);
    if (ended.outcome === 'gave up') return `${ended.because}: ${ended.message}`;
    return `cleared${ended.extensions > 0 ? ` after ${ended.extensions} extension of the wait` : ''} (task ${ended.taskId})`;
  });
  return { about: `A pipeline ${about}`, workflowId, outcome };
}

async function startSeed(client: Client): Promise<Scene> {
  const { workflowId, result } = await startWait(client, { taskId: SEED_TASK, region: REGION });
  const outcome = result.then(
    ({ status, instanceId, polls, waitedMs }) =>
      `${status} (${instanceId ?? 'no instance'}; polls: ${polls}, waited ${formatDuration(waitedMs)})`,
  );
  return { about: `A client waits for task ${SEED_TASK} of the API document`, workflowId, outcome };
}

async function startTypo(client: Client): Promise<Scene> {
  const input = { taskId: SEED_TASK, region: 'ap-singapore', maxwait: '1h' };
  const { workflowId, result } = await startWait(client, input);
  const outcome = result.then(
    () => Promise.reject(new Error('Expected RedisTaskInvalidInput, not a success')),
    (error: unknown) => {
      const failure = decodeRedisTaskFailure(error);
      if (failure?.type !== 'RedisTaskInvalidInput') throw error;
      return `${failure.type}: ${failure.message}`;
    },
  );
  return { about: 'A client misspells a field of the input', workflowId, outcome };
}

/** Started by name, as a client in any language would. */
async function startWait(client: Client, input: { taskId: number; region: string }) {
  const workflowId = clientWorkflowId(DEFAULT_TASK_QUEUE, input.region, input.taskId);
  const handle = await client.workflow.start(AWAIT_REDIS_TASK, {
    taskQueue: DEFAULT_TASK_QUEUE,
    workflowId,
    args: [input],
    staticSummary: `Redis task ${input.taskId} in ${input.region}`,
    memo: { taskId: input.taskId, region: input.region },
  });
  return { workflowId, result: handle.result() as Promise<RedisTaskResult> };
}
