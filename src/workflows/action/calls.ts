import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { RedisActivities } from '../../activities/index.js';
import { type ActionQuestion, readBaseline, readListed, readSubmitted } from '../../contract/action/activities.js';
import type { ActionPlan } from '../../contract/action/input.js';
import { LOOK_FOR_MS } from '../../contract/action/next-step.js';
import type { ActionState, Listed, Submitted } from '../../contract/action/state.js';
import { unanswered } from '../../contract/poll-error.js';
import { ATTEMPT_TIMEOUT_MS, ATTEMPTS_PER_POLL } from '../../contract/wait/call-limits.js';
import type { PollAnswer } from '../../contract/wait/polls.js';
import { pollBy } from '../wait/poll.js';

const LIMITS = { isLast: false, maximumAttempts: ATTEMPTS_PER_POLL, priorityKey: 2 };

/** Reads the tasks that the instances have before the first submit. */
export function begin(plan: ActionPlan, state: ActionState, apiQueue: string): Promise<PollAnswer<readonly number[]>> {
  const summary = `may ${plan.action} be submitted, and which tasks are there?`;
  const call = { apiQueue, limits: LIMITS, summary, queueLimitMs: leftMs(state) };
  return pollBy(call, ({ beginRedisAction }) => beginRedisAction(questionOf(plan)), readBaseline);
}

/** Looks for what a submit may have started. */
export function look(plan: ActionPlan, state: ActionState, apiQueue: string): Promise<PollAnswer<Listed>> {
  const summary = `which task did ${plan.action} start?`;
  const call = { apiQueue, limits: LIMITS, summary, queueLimitMs: Math.max(LOOK_FOR_MS, leftMs(state)) };
  return pollBy(call, ({ listRedisActionTasks }) => listRedisActionTasks(questionOf(plan)), readListed);
}

/**
 * Submits a change: one attempt, which nothing retries. An attempt that ends without an answer may have been sent, except
 * where no worker has taken it.
 */
export async function submit(plan: ActionPlan, state: ActionState, apiQueue: string): Promise<Submitted> {
  const now = Date.now();
  const { submitRedisAction } = proxyActivities<RedisActivities>({
    taskQueue: apiQueue,
    summary: `submit ${state.submits} of ${plan.action}`,
    startToCloseTimeout: ATTEMPT_TIMEOUT_MS,
    scheduleToStartTimeout: leftMs(state),
    priority: { priorityKey: 2 },
    cancellationType: 'TRY_CANCEL',
    retry: { maximumAttempts: 1 },
  });
  try {
    const submitted = readSubmitted(await submitRedisAction(questionOf(plan)));
    return submitted ?? lost('InvalidResponse', apiQueue);
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    if (!(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
      const at = new Date().toISOString();
      return { class: 'throttled', error: unanswered('NoActivityWorker', apiQueue, at, Date.now() - now) };
    }
    return lost('WorkerLost', apiQueue);
  }
}

function lost(code: 'WorkerLost' | 'InvalidResponse', apiQueue: string): Submitted {
  return { class: 'uncertain', error: unanswered(code, apiQueue, new Date().toISOString()) };
}

/** What is left of `maxWait`: so long a call may be in the queue. */
function leftMs({ deadline }: ActionState): number {
  return Math.max(1_000, deadline - Date.now());
}

function questionOf({ action, region, params }: ActionPlan): ActionQuestion {
  return { action, region, params };
}
