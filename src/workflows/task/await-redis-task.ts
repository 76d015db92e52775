import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { apiTaskQueue } from '../../contract/ids.js';
import { joinedDeadline, readDeadline } from '../../contract/task/extension.js';
import { type AwaitRedisTaskInput, readInput, type WaitPlan } from '../../contract/task/input.js';
import { failureDetails, type RedisTaskResult } from '../../contract/task/outcome.js';
import { readCarriedState, type TaskWaitState } from '../../contract/task/state.js';
import { finalMarkdownOf, markdownOf, viewOf } from '../../contract/task/view.js';
import { beginWait } from '../../contract/wait/state.js';
import { continueIfLong } from '../wait/long-history.js';
import { pollNow } from '../wait/messages.js';
import { followParent } from '../wait/parents.js';
import { leaveTrace } from '../wait/trace.js';
import { watchReport } from '../watch/messages.js';
import { joinWatch, leaveWatch } from '../watch/watch.js';
import { extendWait, getState, joinWait } from './messages.js';
import { countWait } from './metrics.js';
import { RedisTaskWait } from './redis-task-wait.js';
import { WaitSearchAttributes } from './search-attributes.js';

/**
 * Waits until a Tencent Cloud Redis task has ended: a durable child workflow for a pipeline in any language.
 *
 * Handles the query `getState`, the signals `pollNow` and `joinWait`, and the update `extendWait`. Cancelling it ends the
 * wait, not the task.
 *
 * @param carried - internal: the state that an earlier run of the same wait handed over
 * @returns the task as the API last described it, once it has succeeded
 * @throws ApplicationFailure whose `type` is one of `REDIS_TASK_FAILURE_TYPES`; see `decodeRedisTaskFailure`
 *
 * @example
 * ```ts
 * // In the file that a worker's workflowsPath names:
 * export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';
 * ```
 */
export async function awaitRedisTask(input: AwaitRedisTaskInput, carried?: unknown): Promise<RedisTaskResult> {
  const { plan, state } = readArguments(input, carried);
  const { taskQueue } = workflowInfo();
  const apiQueue = apiTaskQueue(taskQueue);
  const searchAttributes = new WaitSearchAttributes(plan);
  followParent();

  const wait: RedisTaskWait = new RedisTaskWait(plan, state, {
    apiQueue,
    changed: (state) => setCurrentDetails(markdownOf(plan, state, apiQueue)),
    polled: (answer) => searchAttributes.polled(answer),
    ended: (ending) => {
      setCurrentDetails(finalMarkdownOf(plan, wait.state, ending, Date.now()));
      searchAttributes.ended(ending);
    },
    watch: { join: (plan, state) => joinWatch(plan, state, apiQueue), leave: leaveWatch },
    mustContinue: () => workflowInfo().continueAsNewSuggested,
    betweenPolls: () => continueIfLong<typeof awaitRedisTask>(input, wait.state),
  });
  const view = () => viewOf(plan, wait.state, taskQueue, Date.now());
  const deadlineOf = (argument: unknown) =>
    readDeadline(argument, wait.state.startedAt, Date.now(), failureDetails(plan, wait.state, Date.now()));

  setHandler(getState, view, { description: 'Where the wait stands: status, polls, next poll, deadline, last error' });
  setHandler(pollNow, () => wait.pollNow(), { description: 'Polls at once; the pace goes on unchanged' });
  if (state.watch) {
    setHandler(watchReport, (report) => wait.membership.hear(report), {
      description: 'Internal: what the watch of shared waits has seen',
    });
  }
  setHandler(
    joinWait,
    (argument) => {
      const now = Date.now();
      leaveTrace(now);
      const deadline = joinedDeadline(argument, wait.state.deadline, now);
      if (deadline > wait.state.deadline) wait.moveDeadline(deadline);
    },
    { description: 'Moves the deadline to at least maxWait from now, never nearer: { "maxWait": "4h" }' },
  );
  setHandler(
    extendWait,
    (argument) => {
      wait.moveDeadline(deadlineOf(argument));
      return view();
    },
    {
      description: 'Sets the total of maxWait, counted from the start of the wait: { "maxWait": "4h" }',
      validator: (argument) => void deadlineOf(argument),
    },
  );

  return wait.run();
}

function readArguments(input: unknown, carried: unknown): { plan: WaitPlan; state: TaskWaitState } {
  try {
    const plan = readInput(input);
    return { plan, state: readCarriedState(carried, plan) ?? beginWait(plan, Date.now()) };
  } catch (error) {
    countWait('RedisTaskInvalidInput');
    throw error;
  }
}
