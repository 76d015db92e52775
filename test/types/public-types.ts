// Compiled, never run: what does not compile here breaks somebody's code. `public-types.test.ts` compiles it against the
// built package, and `npm run check consumers` against the packed one.
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import type { ChildWorkflowHandle } from '@temporalio/workflow';
import {
  AWAIT_REDIS_TASK,
  type AwaitRedisTaskInput,
  decodeRedisTaskFailure,
  REDIS_TASK_FAILURE_TYPES,
  type RedisTaskDuration,
  type RedisTaskFailure,
  type RedisTaskFailureType,
  type RedisTaskResult,
  type RedisTaskWaitState,
} from 'temporal-tencent-redis';
import {
  type CredentialProvider,
  createRedisActivities,
  type RedisActivities,
} from 'temporal-tencent-redis/activities';
import { type RedisTaskCancellation, RedisTaskClient, type RedisTaskOutcome } from 'temporal-tencent-redis/client';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import { ConfigError, type RedisTaskWorkerOptions, runRedisTaskWorker } from 'temporal-tencent-redis/worker';
import {
  awaitRedisTask,
  executeAwaitRedisTask,
  extendWait,
  getState,
  pollNow,
  startAwaitRedisTask,
  waitForRedisTask,
} from 'temporal-tencent-redis/workflows';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- T is what makes the compiler compare
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the value has exactly the type `Expected`: `is<string>()(value)`. */
function is<Expected>(): <Given>(value: Given, ...same: Same<Given, Expected> extends true ? [] : [never]) => void {
  return () => undefined;
}

export function aWrongTypeIsSeen(text: string, either: string | number): void {
  is<string>()(text);
  // @ts-expect-error -- narrower than what is given
  is<string>()(either);
  // @ts-expect-error -- wider than what is given
  is<string | number>()(text);
}

export function failuresNarrowByType(error: unknown): string | undefined {
  const failure = decodeRedisTaskFailure(error);
  is<RedisTaskFailure | undefined>()(failure);
  // @ts-expect-error -- undefined when the error is about something else
  is<RedisTaskFailureType>()(failure.type);
  switch (failure?.type) {
    case 'RedisTaskTimedOut':
      is<AwaitRedisTaskInput>()(failure.details.resumeInput);
      is<number>()(failure.details.taskId);
      // @ts-expect-error -- only of an invalid input
      is<object>()(failure.details.invalid);
      return failure.message;
    case 'RedisTaskInvalidInput':
      is<{ readonly field: string; readonly rule: string }>()(failure.details.invalid);
      is<number | null>()(failure.details.taskId);
      // @ts-expect-error -- only of a wait that timed out
      is<object>()(failure.details.resumeInput);
      return failure.details.invalid.field;
    case 'RedisTaskFailed':
    case 'RedisTaskErrored':
    case 'RedisTaskUnauthorized':
    case 'RedisTaskRejected':
      is<string | null>()(failure.details.message);
      is<string | undefined>()(failure.details.lastError?.code);
      return failure.details.status ?? undefined;
    case undefined:
      return undefined;
    default:
      // Every type has been named.
      is<never>()(failure);
      return failure;
  }
}

export function everyFailureTypeIsKnown(type: RedisTaskFailureType): boolean {
  is<
    | 'RedisTaskFailed'
    | 'RedisTaskErrored'
    | 'RedisTaskTimedOut'
    | 'RedisTaskUnauthorized'
    | 'RedisTaskRejected'
    | 'RedisTaskInvalidInput'
  >()(type);
  // @ts-expect-error -- no failure of a wait
  if (type === 'RedisTaskCancelled') return false;
  return REDIS_TASK_FAILURE_TYPES.includes(type);
}

export function inputsAreChecked(duration: RedisTaskDuration): AwaitRedisTaskInput[] {
  const inputs: AwaitRedisTaskInput[] = [
    { taskId: 18215, region: 'ap-guangzhou' },
    { taskId: '18215', region: 'ap-guangzhou', maxWait: '1h', polling: { initialInterval: 2_000, jitter: 0 } },
  ];
  // @ts-expect-error -- the region is required
  inputs.push({ taskId: 18215 });
  // @ts-expect-error -- a typo must not be ignored
  inputs.push({ taskId: 18215, region: 'ap-guangzhou', maxwait: '1h' });
  // @ts-expect-error -- a duration is a number or text
  inputs.push({ taskId: 18215, region: 'ap-guangzhou', maxWait: { hours: 1 } });
  is<number | string>()(duration);
  return inputs;
}

export async function aClientOfOurs(client: Client): Promise<void> {
  const waits = new RedisTaskClient(client, { taskQueue: 'redis-task' });
  const result = await waits.await({ taskId: 18215, region: 'ap-guangzhou' });
  is<RedisTaskResult>()(result);
  is<string | null>()(result.instanceId);
  is<number>()(result.taskId);
  is<number | null>()(result.detectionDelayMaxMs);
  // @ts-expect-error -- a result is what the API said: nobody changes it
  result.status = 'failed';
  is<RedisTaskWaitState>()(await waits.state({ taskId: '18215', region: 'ap-guangzhou' }));
  for (const outcome of await waits.awaitAll([{ taskId: 18215, region: 'ap-guangzhou' }])) {
    is<RedisTaskOutcome>()(outcome);
    if (outcome.result) is<RedisTaskResult>()(outcome.result);
  }
  for (const { workflowId } of await waits.find({ taskId: 18215, region: 'ap-guangzhou' })) {
    is<RedisTaskWaitState>()(await waits.extendWait({ workflowId }, '4h'));
    is<RedisTaskCancellation>()(await waits.cancel({ workflowId }));
  }
  // @ts-expect-error -- a task is named with its region
  await waits.cancel({ taskId: 18215 });
  // @ts-expect-error -- it needs a client of Temporal's
  is<RedisTaskClient>()(new RedisTaskClient());
}

export async function aClientOfTemporals(client: Client): Promise<void> {
  const options = { taskQueue: 'redis-task', workflowId: 'redis-task/ap-guangzhou/18215' };
  const handle = await client.workflow.start(awaitRedisTask, {
    ...options,
    args: [{ taskId: 18215, region: 'ap-guangzhou' }],
  });
  is<RedisTaskResult>()(await handle.result());
  is<RedisTaskWaitState>()(await handle.query(getState));
  await handle.signal(pollNow);
  is<RedisTaskWaitState>()(await handle.executeUpdate(extendWait, { args: [{ maxWait: '4h' }] }));
  // @ts-expect-error -- the input is checked here too
  await client.workflow.start(awaitRedisTask, { ...options, args: [{ taskId: 18215 }] });
  // @ts-expect-error -- an update needs the new total
  await handle.executeUpdate(extendWait, { args: [{}] });

  const byName = await client.workflow.start<typeof awaitRedisTask>(AWAIT_REDIS_TASK, {
    ...options,
    args: [{ taskId: 18215, region: 'ap-guangzhou' }],
  });
  const attached: WorkflowHandle<typeof awaitRedisTask> = byName;
  is<RedisTaskResult>()(await attached.result());
}

export async function aWorkflow(): Promise<void> {
  const input: AwaitRedisTaskInput = { taskId: 18215, region: 'ap-guangzhou' };
  is<RedisTaskResult>()(await executeAwaitRedisTask(input, { taskQueue: 'redis-task' }));
  is<RedisTaskResult>()(await waitForRedisTask(input, { taskQueue: 'orders' }));
  const child = await startAwaitRedisTask(input);
  is<ChildWorkflowHandle<typeof awaitRedisTask>>()(child);
  await child.signal(pollNow);
  // @ts-expect-error -- the arguments are the input
  await executeAwaitRedisTask(input, { args: [input] });
}

/** A provider in the shape of Tencent's SDK: a class whose answer declares every field optional. */
class TencentsProvider {
  getCredential(): Promise<{ secretId?: string; secretKey?: string; token?: string }> {
    return Promise.resolve({ secretId: 'id', secretKey: 'key' });
  }
}

export function activities(): RedisActivities {
  const credentials: CredentialProvider = new TencentsProvider();
  is<RedisActivities>()(createRedisActivities());
  // @ts-expect-error -- a key is no source of keys: it could never be loaded again
  createRedisActivities({ credentials: SIMULATOR_CREDENTIAL });
  // @ts-expect-error -- a typo must not be ignored
  createRedisActivities({ endPoint: 'http://127.0.0.1:1' });
  return createRedisActivities({ credentials, endpoint: 'http://127.0.0.1:1', requestsPerSecond: 15 });
}

export async function aSimulator(): Promise<void> {
  const simulator = await RedisApiSimulator.start();
  is<string>()(simulator.url);
  simulator.addTask(18215, {
    timeline: [
      { status: 'running', forPolls: 3 },
      { status: 'succeed', message: 'ok' },
    ],
  });
  // @ts-expect-error -- a task needs its course
  simulator.addTask(18215, {});
  await simulator.close();
}

export async function aWorker(options: RedisTaskWorkerOptions, codec: PayloadCodec): Promise<string | undefined> {
  try {
    is<Promise<void>>()(runRedisTaskWorker());
    await runRedisTaskWorker({ ...options, dataConverter: { payloadCodecs: [codec] }, signal: AbortSignal.timeout(1) });
    await runRedisTaskWorker({ env: { REDIS_TASK_QUEUE: 'a' }, credentials: new TencentsProvider() });
    // @ts-expect-error -- the queue is a variable, since its worker of the calls follows it
    await runRedisTaskWorker({ taskQueue: 'a' });
    // @ts-expect-error -- the workflow is ours: workflows of yours go in a worker with the plugin
    await runRedisTaskWorker({ workflowsPath: './workflows.js' });
    return undefined;
  } catch (error) {
    return error instanceof ConfigError ? error.message : undefined;
  }
}
