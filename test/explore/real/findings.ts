import type { SimulatorCall } from '../../../src/testing/index.js';
import type { ParentRecord, SteeringRecord } from '../wait-record.js';
import { TERMINAL } from '../wait-script.js';
import type { RecordedWait } from './history.js';
import { instanceOf, messageOf, type PlayedWait } from './play.js';
import type { Absence } from './stage.js';
import { REGION } from './starter.js';

/** A call that was given up ends when its worker hears of it, with the next heartbeat. */
const GIVEN_UP_MS = 5_000;

/** What a wait left behind on the client, on the API and on the server. */
export interface ObservedWait {
  readonly played: PlayedWait;
  readonly recorded: RecordedWait;
  /** The calls for its task, in their order. */
  readonly calls: readonly SimulatorCall[];
  /** When something was in its own way alone. */
  readonly absences: readonly Absence[];
  readonly parent: ParentRecord | undefined;
  /** How many runs the server has that continue no other run. */
  readonly runs: number;
}

/** What is wrong with a wait beyond what the oracle judges: what only a real server and a real API can show. */
export function* findings(
  observed: ObservedWait,
  callEnds: ReadonlyMap<SimulatorCall, number>,
  absences: readonly Absence[],
): Iterable<string> {
  const { recorded, runs } = observed;
  if (recorded.events === 0) yield 'The server knows of no such wait';
  if (runs > runsMax(observed.played.steering)) yield `There are ${runs} waits with the same id`;
  if (recorded.holdsSecret) yield 'A secret stands in its history';
  yield* forgotten(observed);
  yield* wrongFacts(observed);
  yield* overlaps(observed.calls, callEnds, [...absences, ...observed.absences]);
}

/** A reset ends a run for another one, and so does a parent that starts over, as it does again after a reset. */
function runsMax(steering: readonly SteeringRecord[]): number {
  const times = (what: RegExp) => steering.filter(({ did }) => what.test(did)).length;
  return 1 + times(/^resetWait/) + times(/^startOver/) + times(/^resetParent/) * (1 + times(/^startOver/));
}

const MESSAGES: readonly SteeringRecord['did'][] = ['extendWait', 'pollNow', 'joinWait', 'cancel'];

/** What the server acknowledged must stand in its record. */
function* forgotten({ played, recorded }: ObservedWait): Iterable<string> {
  const heard = played.steering.filter(
    ({ did, heardAt, refused, isDoubtful }) =>
      MESSAGES.includes(did) && heardAt !== undefined && refused === undefined && !isDoubtful,
  );
  for (const { did, state, heardAt = 0 } of heard) {
    // The server acknowledges the cancellation of a workflow that has just ended, and drops it.
    if (did === 'cancel' && heardAt > recorded.closedAt) continue;
    const deadline = state && Date.parse(state.deadline);
    const isOnRecord =
      deadline !== undefined
        ? recorded.deadlines.some((each) => each.deadline === deadline)
        : did === 'cancel'
          ? recorded.cancelRequested
          : recorded.signals.includes(did);
    if (!isOnRecord) yield `The server acknowledged ${did}, and its history does not hold it`;
  }
}

function* wrongFacts({ played, recorded: { ending }, calls }: ObservedWait): Iterable<string> {
  if (!ending || !('result' in ending || 'details' in ending)) return;
  const { taskId } = played.planned;
  const facts = ending.as === 'succeeded' ? ending.result : ending.details;
  const answers = calls.filter(({ outcome, requestId }) => outcome === 'ok' && requestId !== undefined);
  if (facts.taskId !== taskId || facts.region !== REGION) {
    yield `The ending is about task ${String(facts.taskId)} in ${facts.region}`;
  }
  if (facts.polls > answers.length)
    yield `It counts ${facts.polls} polls, but the API answered ${answers.length} times`;
  if (facts.requestId !== null && !answers.some(({ requestId }) => requestId === facts.requestId)) {
    yield `No answer had the RequestId ${facts.requestId}`;
  }
  if (facts.status === null || TERMINAL[facts.status] !== ending.as) return;
  if (facts.instanceId !== instanceOf(taskId)) yield `instanceId is ${String(facts.instanceId)}`;
  if (facts.message !== messageOf(facts.status)) yield `message is ${String(facts.message)}`;
}

/** Two calls at once: one wait makes them only when it has given up the first. */
function* overlaps(
  calls: readonly SimulatorCall[],
  callEnds: ReadonlyMap<SimulatorCall, number>,
  absences: readonly Absence[],
): Iterable<string> {
  for (const [index, call] of calls.entries()) {
    const earlier = calls.slice(0, index).find((each) => (callEnds.get(each) ?? Infinity) > call.at);
    if (!earlier) continue;
    const wasGivenUp = earlier.aborted && (callEnds.get(earlier) ?? Infinity) - call.at < GIVEN_UP_MS;
    // A server that was killed may forget that it gave a call away, and a reset makes it again.
    const isForgetful = absences.some(
      ({ from, to, why }) => /server|reset/.test(why) && from <= call.at && to >= call.at,
    );
    if (!wasGivenUp && !isForgetful)
      yield `Two calls at once: the second came ${call.at - earlier.at} ms after the first`;
  }
}
