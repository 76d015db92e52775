import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DEFAULT_TASK_QUEUE } from '../../contract/ids.js';
import { type AwaitRedisTaskInput, readInput } from '../../contract/task/input.js';
import type { RedisApiSimulator } from '../redis-api-simulator.js';
import { type PlayedEnd, playWait } from './played-wait.js';
import { type RedisTaskEndings, ScriptedTasks } from './scripted-tasks.js';

/** What the workflow of the stub asks the test. */
export interface StubActivities {
  playWaitOf(input: AwaitRedisTaskInput, startedAt: number): Promise<PlayedEnd>;
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
  /** The queue on which the pipeline starts its waits. @default 'redis-task' */
  readonly taskQueue?: string;
  /** Where to look for tasks that no script names, such as those that the pipeline's own activities create there. */
  readonly simulator?: RedisApiSimulator;
}

/** A worker that serves scripted waits. */
export interface AwaitRedisTaskStub {
  /** The inputs of the waits so far, in the order in which they began. */
  readonly inputs: readonly AwaitRedisTaskInput[];
  /**
   * Adds tasks, or replaces those with the same ids. A task that no script names is unknown to the API: its wait fails
   * with `RedisTaskRejected`.
   *
   * @throws TypeError when an id or an ending makes no sense
   */
  script(endings: RedisTaskEndings): void;
  /** Stops the worker. Call it before `env.teardown()`. */
  stop(): Promise<void>;
}

/** The same for every stub of a process. */
let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/**
 * Serves `awaitRedisTask` in a test, so that pipelines find waits that end as the test says: no API, no credentials, no
 * polls. Made for an environment that skips time, where an hour of waiting takes milliseconds.
 *
 * A wait ends at the very time, and with the very result or failure, of a real one. It can be cancelled, but does not answer
 * `getState`, `pollNow` and `extendWait`, and who joins it does not move its deadline.
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
 * // … run a pipeline that waits for 18215 …
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
  const inputs: AwaitRedisTaskInput[] = [];
  const activities: StubActivities = {
    playWaitOf(input, startedAt) {
      inputs.push(input);
      const plan = readInput(input);
      const { taskId, region } = plan;
      const poll = (now: number) => tasks.poll(taskId, region, now) ?? simulator?.poll(taskId, region, now);
      return Promise.resolve(playWait(plan, startedAt, poll));
    },
  };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    ...(env.namespace !== undefined && { namespace: env.namespace }),
    taskQueue,
    workflowBundle: await (bundle ??= bundleStub()),
    activities,
  });
  const run = worker.run();
  // `stop` reports it.
  run.catch(() => undefined);
  return {
    inputs,
    script: (more) => tasks.script(more),
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
