import type { SimulatorCall } from '../../../../src/testing/index.js';
import type { Execution } from '../../changes/oracle.js';
import type { ObservedChange } from './observe.js';
import type { PlannedChange } from './plan.js';

/** How a task or an order ends that was scripted to. */
const ENDS = { RedisTaskFailed: 'failed', RedisTaskErrored: 'error' } as const;

/** Details and results, as far as they are looked at here. */
interface Told {
  readonly submits?: number;
  readonly taskIds?: readonly number[];
  readonly tasks?: readonly { readonly taskId: number; readonly status: string }[];
  readonly requestId?: string | null;
  readonly resumeInput?: Readonly<Record<string, unknown>>;
  readonly lookAt?: string;
  readonly lastError?: { readonly code: string };
}

/** What is wrong with a change beyond what the oracle judges: what only a real server and a real API can show. */
export function* findings(
  change: ObservedChange,
  executed: readonly Execution[],
  planned: ReadonlyMap<string, PlannedChange>,
  answered: ReadonlyMap<string, SimulatorCall>,
): Iterable<string> {
  const { end, submits, played, name } = change;
  if (!end) return;
  const { kind, waitFor, hasSecret, endsAs } = played.planned;
  const own = executed.filter(({ by }) => by === name);
  const told = (end.value ?? {}) as Told;
  const endOf = (taskId: number) =>
    planned.get(executed.find(({ taskIds }) => taskIds.includes(taskId))?.by ?? '')?.endsAs;

  if (own.length > submits.length) yield `executed ${own.length} times by ${submits.length} submits`;
  if (told.submits !== undefined && told.submits !== submits.length)
    yield `it tells of ${told.submits} submits and made ${submits.length}`;
  const accepted = submits.findIndex(({ as }) => as === 'accepted');
  if (accepted >= 0 && accepted < submits.length - 1) yield 'it submitted again what was accepted';
  if (kind.isForbidden || (kind.secret !== undefined && !hasSecret)) {
    if (submits.length > 0) yield 'it was submitted, though this worker does not';
    if (!['RedisActionRefused', 'RedisTaskTimedOut', 'cancelled'].includes(end.as)) yield `it ended as ${end.as}`;
  }
  if (end.as === 'cancelled' && !played.wasCancelled) yield 'it was cancelled, but nobody asked for that';
  if (end.as === 'RedisActionUncertain' && !told.lookAt) yield 'it does not tell what to look at';
  if (end.as === 'succeeded' && told.requestId != null && answered.get(told.requestId)?.action !== kind.action)
    yield `no answer had the RequestId ${told.requestId}`;

  const { taskIds = [], tasks = [] } = told;
  if (end.as === 'succeeded' && waitFor === 'end') {
    if (String(tasks.map(({ taskId }) => taskId)) !== String(taskIds)) yield 'it did not wait for all of its tasks';
    for (const { taskId, status } of tasks)
      if (status !== 'succeed' || endOf(taskId) !== 'succeed') yield `task ${taskId} ended as ${String(endOf(taskId))}`;
    // Without an expectation, an instance that runs is all that there is to see.
    const isAlone = !executed.some(({ by }) => by !== name && sharesInstance(played.planned, planned.get(by)));
    if (kind.expect && isAlone && endsAs !== 'succeed') yield 'it succeeded, but its order has failed';
  }
  if (end.as === 'RedisTaskFailed' || end.as === 'RedisTaskErrored') {
    if (!taskIds.some((id) => endOf(id) === ENDS[end.as as keyof typeof ENDS])) yield `no task of it ended so`;
  }
  if (end.as === 'RedisInstanceFailed' && (kind.answers !== 'deal' || endsAs === 'succeed'))
    yield 'its order has not failed';
  if (end.as === 'RedisTaskTimedOut') yield* earlyTimeOut(change, told);
}

function sharesInstance(one: PlannedChange, other: PlannedChange | undefined): boolean {
  return one.instanceIds.some((id) => other?.instanceIds.includes(id));
}

/** With less left, there is no time for another submit. */
const LEFT_MS = 4_100;

function* earlyTimeOut({ end, maxWaitMs, submits }: ObservedChange, told: Told): Iterable<string> {
  const { atMs = 0 } = end ?? {};
  if (atMs < maxWaitMs - LEFT_MS) yield `it timed out after ${atMs} ms of ${maxWaitMs}, at submit ${submits.length}`;
  const isStarted = submits.some(({ as }) => as === 'accepted') || (told.taskIds ?? []).length > 0;
  if (isStarted && !told.resumeInput) yield 'it cannot be waited on';
  if (told.resumeInput && 'action' in told.resumeInput) yield 'what waits on would submit again';
}
