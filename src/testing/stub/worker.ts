import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { RedisActionFailure } from '../../contract/action/failures.js';
import { readActionInput, type RunRedisActionInput } from '../../contract/action/input.js';
import type { RedisActionResult } from '../../contract/action/outcome.js';
import { DEFAULT_TASK_QUEUE } from '../../contract/ids.js';
import type { RedisInstanceFailure } from '../../contract/instance/failures.js';
import { type AwaitRedisInstanceInput, readInstanceInput } from '../../contract/instance/input.js';
import type { RedisInstanceResult } from '../../contract/instance/outcome.js';
import { type AwaitRedisTaskInput, readInput } from '../../contract/task/input.js';
import type { RedisApiSimulator } from '../redis-api-simulator.js';
import { cancelledAfter } from './cancelled-ending.js';
import { playAction } from './played-action.js';
import { type PlayedEnd, playInstanceWait, playWait } from './played-wait.js';
import { type RedisActionEndings, ScriptedActions } from './scripted-actions.js';
import { type RedisInstanceEndings, ScriptedInstances } from './scripted-instances.js';
import { type RedisTaskEndings, ScriptedTasks } from './scripted-tasks.js';

/** What the workflows of the stub ask the test. */
export interface StubActivities {
  playWaitOf(input: AwaitRedisTaskInput, startedAt: number): Promise<PlayedEnd>;
  playInstanceWaitOf(
    input: AwaitRedisInstanceInput,
    startedAt: number,
  ): Promise<PlayedEnd<RedisInstanceResult, RedisInstanceFailure>>;
  playActionOf(
    input: RunRedisActionInput,
    startedAt: number,
  ): Promise<PlayedEnd<RedisActionResult, RedisActionFailure>>;
}

/**
 * Options of {@link stubAwaitRedisTask}.
 *
 * @example
 * ```ts
 * const options: AwaitRedisTaskStubOptions = {
 *   taskQueue: 'redis-task-production',
 *   simulator: await RedisApiSimulator.start(),
 * };
 * ```
 */
export interface AwaitRedisTaskStubOptions {
  /** The queue on which the pipeline starts its waits and changes. @default 'redis-task' */
  readonly taskQueue?: string;
  /** Where to look for tasks that no script names, such as those that the pipeline's own activities create there. */
  readonly simulator?: RedisApiSimulator;
}

/** A worker that serves scripted waits and changes. */
export interface AwaitRedisTaskStub {
  /** The inputs of the waits so far, in the order in which they began. */
  readonly inputs: readonly AwaitRedisTaskInput[];
  /** The inputs of the changes so far, likewise. */
  readonly actionInputs: readonly RunRedisActionInput[];
  /** The inputs of the waits for instances so far, likewise. */
  readonly instanceInputs: readonly AwaitRedisInstanceInput[];
  /**
   * Adds tasks, or replaces those with the same ids. A task that no script names is unknown to the API: its wait fails
   * with `RedisTaskRejected`.
   *
   * @throws TypeError when an id or an ending makes no sense
   */
  script(endings: RedisTaskEndings): void;
  /**
   * Adds changes by their actions, or replaces those of the same actions. A change that no script names is refused: it fails
   * with `RedisActionRefused`.
   *
   * @throws TypeError when an action or an ending makes no sense
   */
  scriptActions(endings: RedisActionEndings): void;
  /**
   * Adds instances and orders, by their ids and names, for waits that the pipeline itself starts. A wait for others fails
   * with `RedisTaskRejected`.
   *
   * @throws TypeError when an ending makes no sense
   */
  scriptInstances(endings: RedisInstanceEndings): void;
  /** Stops the worker. Call it before `env.teardown()`. */
  stop(): Promise<void>;
}

/** A wait that fails as its test says is no news: the SDK would warn of it in ten lines. */
const SILENCE = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, { fn: () => undefined }]),
);

/** The same for every stub of a process. */
let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/**
 * Serves `awaitRedisTask`, `runRedisAction` and `awaitRedisInstance` in a test, so that pipelines find waits and changes that
 * end as the test says: no API, no credentials, no polls. Made for an environment that skips time, where an hour of waiting
 * takes milliseconds.
 *
 * They end at the very time, and with the very result or failure, of real ones. They can be cancelled, but do not answer
 * `getState`, `pollNow` and `extendWait`, and who joins a wait does not move its deadline.
 *
 * @param endings - how tasks end, by task id; `script` adds more
 *
 * @example
 * ```ts
 * const env = await TestWorkflowEnvironment.createTimeSkipping();
 * const waits = await stubAwaitRedisTask(env, {
 *   18215: { after: '40m' },
 *   18216: { after: '3m', fails: 'RedisTaskFailed', message: 'The backup file is damaged.' },
 * });
 * waits.scriptActions({ UpgradeInstance: { busyFor: '5m', after: '20m' } });
 * // … run a pipeline that waits for 18215, or resizes an instance …
 * await waits.stop();
 * ```
 */
export async function stubAwaitRedisTask(
  env: Pick<TestWorkflowEnvironment, 'nativeConnection' | 'namespace'>,
  endings: RedisTaskEndings = {},
  { taskQueue = DEFAULT_TASK_QUEUE, simulator }: AwaitRedisTaskStubOptions = {},
): Promise<AwaitRedisTaskStub> {
  const tasks = new ScriptedTasks();
  tasks.script(endings);
  const instances = new ScriptedInstances();
  const actions = new ScriptedActions();
  const inputs: AwaitRedisTaskInput[] = [];
  const actionInputs: RunRedisActionInput[] = [];
  const instanceInputs: AwaitRedisInstanceInput[] = [];
  const activities: StubActivities = {
    playWaitOf(input, startedAt) {
      inputs.push(input);
      const plan = readInput(input);
      const { taskId, region } = plan;
      const poll = (now: number) => tasks.poll(taskId, region, now) ?? simulator?.poll(taskId, region, now);
      return Promise.resolve(
        cancelledAfter(tasks.cancelledAfterMs(taskId), startedAt, playWait(plan, startedAt, poll)),
      );
    },
    async playInstanceWaitOf(input, startedAt) {
      instanceInputs.push(input);
      const plan = readInstanceInput(input);
      const played = playInstanceWait(plan, startedAt, (now) => instances.poll(plan, now));
      return Promise.resolve(cancelledAfter(instances.cancelledAfterMs(plan), startedAt, played));
    },
    async playActionOf(input, startedAt) {
      actionInputs.push(input);
      return Promise.resolve(playAction(readActionInput(input), startedAt, actions.endingOf(input)));
    },
  };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    ...(env.namespace !== undefined && { namespace: env.namespace }),
    taskQueue,
    workflowBundle: await (bundle ??= bundleStub()),
    activities,
    sinks: { defaultWorkerLogger: SILENCE },
  });
  const run = worker.run();
  // `stop` reports it.
  run.catch(() => undefined);
  return {
    inputs,
    actionInputs,
    instanceInputs,
    script: (more) => tasks.script(more),
    scriptActions: (more) => actions.script(more),
    scriptInstances: (more) => instances.script(more),
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await run;
    },
  };
}

function bundleStub(): Promise<WorkflowBundleWithSourceMap> {
  const workflowsPath = fileURLToPath(new URL(`./workflow${path.extname(import.meta.url)}`, import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
}
