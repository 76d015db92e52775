import type { Overlap } from './call-watch.js';
import type { StartedWait } from './client-acts.js';
import type { Ending, Fate } from './fates.js';
import type { WaitRecord } from './record.js';

/** How long a call may go on after it was given up: until the worker hears of that, with its next heartbeat. */
const GIVEN_UP_MS = 5_000;

/** What is to be said of one wait. */
export interface Verdict {
  readonly is: 'right' | 'lost' | 'stuck' | 'wrong';
  /** What does not agree with the task's true fate. */
  readonly because: readonly string[];
  /** How long after its true end the wait ended; undefined when it has none. */
  readonly lateMs: number | undefined;
  /** The ending that had to come, given what the client did and the server heard. */
  readonly ending: Ending;
}

/** A wait, what the server knows of it, and what is to be said of it. */
export interface JudgedWait {
  readonly wait: StartedWait;
  readonly record: WaitRecord;
  readonly verdict: Verdict;
}

/** Judges one wait: the server's record against the task's true fate. */
export function judge(
  { fate, taskBeganAt, heard }: StartedWait,
  record: WaitRecord,
  answers: ReadonlySet<string>,
): Verdict {
  const ending = dueEnding(fate, record);
  if (record.state === undefined)
    return { is: 'lost', because: ['the server knows of no such wait'], lateMs: undefined, ending };
  if (record.closedAt === undefined)
    return { is: 'stuck', because: [`still ${record.state}`], lateMs: undefined, ending };
  const because = [...forgotten(heard, record), ...disagreements(fate, ending, record, answers)];
  const lateMs = record.closedAt - trueEnd(fate, ending, record, taskBeganAt);
  return { is: because.length === 0 ? 'right' : 'wrong', because, lateMs, ending };
}

/** An extension or a cancellation that the server never heard of changes nothing. */
function dueEnding(fate: Fate, record: WaitRecord): Ending {
  const extends_ = fate.acts.some(({ does }) => does === 'extendWait');
  return extends_ && record.extendedAt === undefined ? 'RedisTaskTimedOut' : fate.ending;
}

/** What the server acknowledged and its record does not hold. */
function* forgotten(heard: StartedWait['heard'], record: WaitRecord) {
  if (heard.includes('extendWait') && record.extendedAt === undefined) yield 'an acknowledged extendWait is gone';
  if (heard.includes('cancel') && record.cancelRequestedAt === undefined) yield 'an acknowledged cancellation is gone';
  if (heard.includes('pollNow') && record.signals === 0) yield 'an acknowledged pollNow is gone';
}

/** How a wait did end. */
export function endingOf({ state, result, failure }: WaitRecord): string {
  if (state === 'COMPLETED' && result) return 'succeeded';
  if (state === 'FAILED' && failure) return failure.type;
  return state === 'CANCELLED' ? 'cancelled' : String(state);
}

function* disagreements(fate: Fate, ending: Ending, record: WaitRecord, answers: ReadonlySet<string>) {
  const actual = endingOf(record);
  if (actual !== ending) yield `ended as ${actual}, not as ${ending}: ${record.failure?.message ?? ''}`;
  const facts = record.result ?? record.failure?.details;
  if (!facts || actual !== ending) return;

  const { input, last, script } = fate;
  if (facts.taskId !== input.taskId) yield `taskId is ${String(facts.taskId)}`;
  if (facts.region !== input.region) yield `region is ${String(facts.region)}`;
  if (facts.requestId !== null && !answers.has(facts.requestId)) yield `requestId ${facts.requestId} is no answer's`;
  if (facts.polls > answers.size) yield `counts ${facts.polls} polls, but the API has answered ${answers.size} times`;
  if (ending === 'RedisTaskRejected' && facts.status !== null) yield `status is ${facts.status}`;
  if (ending === 'RedisTaskTimedOut') {
    const { resumeInput } = record.failure?.type === 'RedisTaskTimedOut' ? record.failure.details : {};
    if (resumeInput?.taskId !== input.taskId) yield 'resumeInput does not resume';
    if (last && facts.status === last.status) yield `timed out with status ${last.status}`;
  } else if (last) {
    if (facts.status !== last.status) yield `status is ${String(facts.status)}, not ${last.status}`;
    if (facts.message !== last.message) yield `message is ${String(facts.message)}, not ${last.message}`;
    if (facts.instanceId !== script?.instanceId) yield `instanceId is ${String(facts.instanceId)}`;
    if (facts.requestId === null) yield 'requestId is missing';
  }
}

/** When the wait had to end, had detection taken no time. */
function trueEnd(fate: Fate, ending: Ending, record: WaitRecord, taskBeganAt: number): number {
  if (ending === 'RedisTaskTimedOut') return record.startedAt + fate.input.maxWait;
  if (ending === 'cancelled') return record.cancelRequestedAt ?? NaN;
  // A task that is not there is given 15 s to appear.
  if (ending === 'RedisTaskRejected') return record.startedAt + 15_000;
  return taskBeganAt + (fate.lastsMs ?? NaN);
}

/**
 * Whether one wait alone can have made two calls at once: it gives up a call under way when its deadline passes or is
 * moved, or when the call has taken 15 s, and makes the next one before the worker has broken off the first.
 */
export function isGivenUp({ brokenOffMs }: Overlap): boolean {
  return brokenOffMs !== undefined && brokenOffMs < GIVEN_UP_MS;
}
