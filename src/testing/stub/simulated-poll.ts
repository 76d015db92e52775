import type { TaskAnswer } from '../../contract/task/state.js';
import type { FaultBook } from '../faults.js';
import { ApiRefusal } from '../refusals.js';
import { keyOf } from '../task-script.js';
import type { TaskBook } from '../tasks.js';
import { pollClassOf, refusedPoll, seenTask } from './poll-answer.js';

/**
 * What a poll of a played wait sees of a simulated task; undefined if the API does not know it. Faults strike as on a call:
 * one of the network, or of a gateway, costs the poll.
 */
export function simulatedPoll(
  { tasks, faults }: { readonly tasks: TaskBook; readonly faults: FaultBook },
  taskId: number,
  region: string,
  now: number,
): TaskAnswer | undefined {
  const target = { action: 'DescribeTaskInfo', taskId: keyOf(taskId), reused: false };
  const lost = faults.strike('gateway', target);
  if (lost) return lostPoll(lost.kind, now);
  const refusal = faults.strike('backend', target);
  if (refusal) {
    const { code = 'RequestLimitExceeded', message } = { message: undefined, ...refusal };
    return refusedPoll(pollClassOf(code), new ApiRefusal(code, message), now);
  }
  const seen = tasks.observeAt(now, target.taskId, region);
  const spoiled = faults.strike('answer', { ...target, refused: !seen });
  if (spoiled && spoiled.kind !== 'status') return lostPoll(spoiled.kind, now);
  if (!seen || !spoiled) return seen && seenTask(seen, now);
  return seenTask({ ...seen, Status: spoiled.status, TaskMessage: spoiled.message ?? seen.TaskMessage }, now);
}

function lostPoll(kind: string, now: number): TaskAnswer {
  return refusedPoll(
    'transient',
    { code: 'InvalidResponse', message: `The simulator was told to answer ${kind}.` },
    now,
  );
}
