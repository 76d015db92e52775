import type { Started } from '../../contract/action/answer.js';
import type { RedisActionFailure } from '../../contract/action/failures.js';
import type { ActionPlan } from '../../contract/action/input.js';
import {
  afterBaseline,
  afterLook,
  afterPause,
  afterSubmit,
  isTaskOfDealWanted,
  taskOfDeal,
} from '../../contract/action/next-step.js';
import {
  type AcceptedAction,
  endOf,
  failureAfterStart,
  instanceInputOf,
  type RedisActionResult,
  resultOf,
  taskInputOf,
} from '../../contract/action/outcome.js';
import { type ActionState, beginAction, submitBegan, submitEnded } from '../../contract/action/state.js';
import { readInstanceInput } from '../../contract/instance/input.js';
import { readInput } from '../../contract/task/input.js';
import { cancelledAfter } from './cancelled-ending.js';
import { type PlayedEnd, playInstanceWait, playWait } from './played-wait.js';
import { type ReadActionEnding, ScriptedApi } from './scripted-actions.js';
import { type RedisInstanceEnding, ScriptedInstances } from './scripted-instances.js';
import { type RedisTaskEnding, ScriptedTasks } from './scripted-tasks.js';

type PlayedAction = PlayedEnd<RedisActionResult, RedisActionFailure>;

/**
 * Makes a change ahead of time, with the decisions of the workflow itself: submits, times and failures are those of a real
 * one, without jitter and the time that calls take.
 *
 * @throws TypeError when a change with this input cannot end so
 */
export function playAction(plan: ActionPlan, startedAt: number, ending: ReadActionEnding): PlayedAction {
  const { fails, cancelledAfterMs } = ending;
  const played = playSteps(plan, startedAt, ending);
  const { type } = played.outcome.failure ?? { type: undefined };
  // An ending that takes longer than maxWait ends earlier.
  if (type === fails || type === 'RedisTaskTimedOut') return cancelledAfter(cancelledAfterMs, startedAt, played);
  throw new TypeError(
    `The script lets ${plan.action} end in ${fails ?? 'success'}, but with this input it ends in ${type ?? 'success'}${whyNot(plan, ending)}`,
  );
}

/** Why a change cannot end as it is told, where that follows from what it starts. */
function whyNot({ action, waitFor }: ActionPlan, { fails, code }: ReadActionEnding): string {
  if (code !== undefined) return `: ${code} is no error that leads to it`;
  if (waitFor === 'start') return ": it waits for nothing, with waitFor: 'start'";
  switch (fails) {
    case 'RedisInstanceFailed':
      return `: ${action} starts a task, and this is how an order fails`;
    case 'RedisTaskFailed':
    case 'RedisTaskErrored':
      return `: ${action} answers with an order, whose instances are waited for, and this is how a task fails. Take RedisInstanceFailed`;
    default:
      return '';
  }
}

function playSteps(plan: ActionPlan, startedAt: number, ending: ReadActionEnding): PlayedAction {
  const api = new ScriptedApi(plan, ending, startedAt);
  let now = startedAt;
  let state = beginAction(plan, now);
  let answered: Omit<AcceptedAction, 'started'> = { requestId: null, response: null };
  for (let next = afterPause(state); ;) {
    switch (next.do) {
      case 'begin':
        ({ state, next } = afterBaseline(state, { observation: [] }, now));
        break;
      case 'submit': {
        state = submitBegan(state, now);
        const submitted = api.submit(now);
        if (submitted.class === 'accepted') answered = submitted;
        state = submitEnded(state, submitted);
        next = afterSubmit(plan, state, submitted, now);
        break;
      }
      case 'look':
        ({ state, next } = afterLook(plan, state, api.list(now), { askedAt: now, now }));
        break;
      case 'pause':
        now += next.ms;
        next = afterPause(state);
        break;
      case 'fail':
        return { outcome: { failure: endOf(next.type, plan, state, now) }, endsAt: now };
      case 'goOn': {
        const { requestId, response } = answered;
        const found = isTaskOfDealWanted(plan)
          ? taskOfDeal(plan, state, api.list(now), { askedAt: now, now })
          : undefined;
        const started = found ? { ...next.started, taskIds: found } : next.started;
        return playWaits(plan, state, { started, requestId, response }, now, ending);
      }
    }
  }
}

/** Plays the waits for what was started. */
function playWaits(
  plan: ActionPlan,
  state: ActionState,
  accepted: AcceptedAction,
  now: number,
  ending: ReadActionEnding,
): PlayedAction {
  const { started } = accepted;
  if (plan.waitFor === 'start') return { outcome: { result: resultOf(plan, state, accepted, [], now) }, endsAt: now };

  const played = started.taskIds.map((taskId) => playTask(plan, state, taskId, now, ending));
  const tasksEndAt = Math.max(now, ...played.map(({ endsAt }) => endsAt));
  const failed = played.find(({ outcome }) => outcome.failure)?.outcome.failure;
  if (failed) {
    const failure = failureAfterStart(failed, plan, state, started, tasksEndAt);
    return { outcome: { failure }, endsAt: tasksEndAt };
  }
  const instances = playInstances(plan, state, started, tasksEndAt, ending);
  const endsAt = instances?.endsAt ?? tasksEndAt;
  if (instances?.outcome.failure) {
    const failure = failureAfterStart(instances.outcome.failure, plan, state, started, endsAt);
    return { outcome: { failure }, endsAt };
  }
  const tasks = played.flatMap(({ outcome }) => outcome.result ?? []);
  return { outcome: { result: resultOf(plan, state, accepted, tasks, endsAt) }, endsAt };
}

function playTask(plan: ActionPlan, state: ActionState, taskId: number, now: number, ending: ReadActionEnding) {
  const { fails, afterMs } = ending;
  const [instanceId] = plan.instanceIds;
  const facts = { ...textsOf(ending), taskType: plan.action, ...(instanceId !== undefined && { instanceId }) };
  // An order fails after its task.
  const ofTask = fails === 'RedisInstanceFailed' ? undefined : fails;
  const tasks = new ScriptedTasks();
  const limits = ofTask === 'RedisTaskTimedOut' || ofTask === 'RedisTaskRejected' ? {} : { after: afterMs };
  tasks.script({ [taskId]: { ...facts, ...limits, ...(ofTask && { fails: ofTask }) } as RedisTaskEnding });
  const wait = readInput(taskInputOf(plan, state, taskId, now));
  return playWait(wait, now, (at) => tasks.poll(taskId, plan.region, at));
}

/** What the test says of the error, as far as it does. */
function textsOf({ message, code }: ReadActionEnding) {
  return { ...(message !== undefined && { message }), ...(code !== undefined && { code }) };
}

function playInstances(plan: ActionPlan, state: ActionState, started: Started, now: number, ending: ReadActionEnding) {
  const input = instanceInputOf(plan, state, started, now);
  if (!input) return undefined;
  const { fails, afterMs } = ending;
  // What the task has taken the order does not take again.
  const after = started.taskIds.length > 0 ? 0 : afterMs;
  const wait = readInstanceInput(input);
  const instances = new ScriptedInstances();
  const name = wait.dealName ?? wait.instanceIds[0] ?? '';
  const isTask = fails === 'RedisTaskFailed' || fails === 'RedisTaskErrored';
  instances.script({
    [name]: { ...textsOf(ending), after, ...(fails && !isTask && { fails }) } as RedisInstanceEnding,
  });
  return playInstanceWait(wait, now, (at) => instances.poll(wait, at));
}
