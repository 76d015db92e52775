import type { Client } from '@temporalio/client';
import type { PollErrorClass } from '../../../src/contract/poll-error.js';
import { classifyErrorCode } from '../../../src/tencent/errors.js';
import type { SimulatorCall } from '../../../src/testing/index.js';
import type { History } from '../../support/histories.js';
import type { CallRecord, ParentRecord, SteeringRecord, WaitRecord } from '../wait-record.js';
import type { ObservedWait } from './findings.js';
import { readHistories, type RecordedWait } from './history.js';
import { LIST_ACTION } from './plan.js';
import type { PlayedWait } from './play.js';
import { type Absence, type ExplorerStage, NEXT_SWEEP_MS, WATCH_TERMINATED } from './stage.js';
import { describeRun, familyOf } from './starter.js';

/** Puts together what the client did, what the API saw and what the server has on record. */
export async function observe(
  { client, simulator }: ExplorerStage,
  waits: readonly PlayedWait[],
): Promise<ObservedWait[]> {
  const runs = await countRuns(client);
  const observed: ObservedWait[] = [];
  for (const played of waits) {
    const { script, taskId } = played.planned;
    const recorded = readHistories(await historiesOf(client, played), script.maxWaitMs);
    const calls = simulator.calls.filter((call) => call.taskId === String(taskId));
    observed.push({
      played: { ...played, steering: doubted(played.steering, recorded) },
      recorded,
      calls: calls.filter(({ at }) => !isTakenBack(recorded, at)),
      absences: resetsOf(played, recorded),
      parent: await parentOf(client, played),
      runs: runs.get(played.workflowId) ?? 0,
    });
  }
  return observed;
}

/** When the list was wrong, or nobody swept it, as far as the calls of sweeps do not show that somebody did. */
export function troublesOfList({ simulator, callEnds, listTroubles }: ExplorerStage): Absence[] {
  const calls = simulator.calls.filter(({ action }) => action === LIST_ACTION);
  const good = calls.filter(isGood).map(({ at }) => at);
  const untilSwept = ({ from, to, why }: Absence) => {
    // The sweep of before goes on for a moment; the new one may have begun before it knew of all waits.
    const first = good.find((at) => at > from + SWEEP_ENDS_MS) ?? Infinity;
    const known = good.find((at) => at > first + SWEEP_ENDS_MS) ?? Infinity;
    return { from, to: Math.min(to, known + NEXT_SWEEP_MS), why };
  };
  const failures = calls
    .filter((call) => !isGood(call))
    .map((call) => ({
      from: call.at,
      to: (callEnds.get(call) ?? call.at) + NEXT_SWEEP_MS,
      why: `the list: ${call.outcome}`,
    }));
  return [...listTroubles.map((each) => (each.why === WATCH_TERMINATED ? untilSwept(each) : each)), ...failures];
}

function isGood({ outcome, aborted }: SimulatorCall): boolean {
  return outcome === 'ok' && !aborted;
}

/** When the list was read, and told the truth. */
export function sweepsOf({ simulator }: ExplorerStage, troubles: readonly Absence[]): number[] {
  const calls = simulator.calls.filter((call) => call.action === LIST_ACTION && isGood(call));
  return calls.map(({ at }) => at).filter((at) => !troubles.some(({ from, to }) => from <= at && to >= at));
}

/** A sweep hears by its heartbeats that its watch has ended. */
const SWEEP_ENDS_MS = 5_000;

/** What was called for a wait that is no more: before a reset of it, or for one whose place it took. */
function isTakenBack({ createdAt, resets }: RecordedWait, time: number): boolean {
  return time < createdAt || resets.some(({ callsFrom, at }) => time >= callsFrom && time <= at);
}

/** What the server does with messages that came before a reset is its own matter: some it delivers again. */
function doubted(steering: readonly SteeringRecord[], { createdAt, resets }: RecordedWait): SteeringRecord[] {
  return steering.map((each) => {
    const { did, at, heardAt = Infinity } = each;
    const isDoubtful =
      at < createdAt ||
      resets.some((reset) => at <= reset.at && heardAt >= reset.from) ||
      (/Parent|Scope/.test(did) && steering.some((later) => later.did.startsWith('resetParent') && later.at > at));
    return isDoubtful ? { ...each, isDoubtful } : each;
  });
}

/** A call that a worker has taken before a reset may still be made after it. */
const LEFT_OVER_MS = 5_000;

function resetsOf({ steering }: PlayedWait, { createdAt, resets }: RecordedWait): Absence[] {
  const parents = steering.filter(({ did }) => did.startsWith('resetParent') || did === 'startOver');
  return [
    ...resets.map(({ from, at }) => ({ from, to: at + LEFT_OVER_MS, why: 'the wait was reset' })),
    ...parents.map(({ at, heardAt = at }) => ({
      ...{ from: at, to: Math.max(heardAt, createdAt) + LEFT_OVER_MS },
      why: 'the parent was reset, or started its wait again',
    })),
  ];
}

/** How many runs each wait has that continue no other run. */
async function countRuns(client: Client): Promise<ReadonlyMap<string, number>> {
  const runs = new Map<string, number>();
  for await (const { workflowId, status } of client.workflow.list()) {
    if (status.name !== 'CONTINUED_AS_NEW') runs.set(workflowId, (runs.get(workflowId) ?? 0) + 1);
  }
  return runs;
}

/** The record of a wait, in milliseconds since its start. */
export function recordOf(
  { played, recorded, calls, absences: ownAbsences, parent }: ObservedWait,
  all: Pick<ExplorerStage, 'absences' | 'listTroubles'> & { readonly sweeps: readonly number[] },
  longestQueueMs: number,
): WaitRecord {
  const { startedAt, endedAt, ending, failedTasks } = recorded;
  const since = (time: number) => time - startedAt;
  // The script counts from when its task began, which is a moment before or after the wait's first workflow task.
  const shift = since(played.taskBeganAt);
  const { script } = played.planned;
  const task = script.task && {
    visibleAfterMs: script.task.visibleAfterMs + shift,
    statuses: script.task.statuses.map(({ fromMs, status }, index) => ({
      fromMs: index === 0 ? 0 : fromMs + shift,
      status,
    })),
  };
  const polls = recorded.polls.map((poll) => ({
    at: since(poll.at),
    ...(poll.answeredAt !== undefined && { answeredAt: since(poll.answeredAt) }),
    ...(poll.gaveTask !== undefined && { gaveTask: poll.gaveTask }),
    ...(poll.givenUpAt !== undefined && { givenUpAt: since(poll.givenUpAt) }),
  }));
  const isShared = script.polling.pacing === 'shared';
  const troublesOf = (absences: readonly Absence[]) =>
    absences.map(({ from, to, why }) => ({ from: since(from), to: since(to), why }));
  return {
    script: { ...script, task, faults: script.faults.map((fault) => ({ ...fault, fromMs: fault.fromMs + shift })) },
    startedAt,
    endedAt: endedAt === undefined ? undefined : since(endedAt),
    ending,
    calls: calls.map((call, index) => callRecord(call, calls.slice(0, index), since(call.at))),
    polls,
    continuedAt: recorded.continuedAt.map(since),
    steering: played.steering.map((each) => ({
      ...each,
      at: since(each.at),
      // The server takes a signal before any worker has begun the wait; the wait hears it when it begins.
      heardAt: each.heardAt === undefined ? undefined : Math.max(0, since(each.heardAt)),
    })),
    deadlines: recorded.deadlines.map(({ from, deadline }) => ({ from: since(from), deadline: since(deadline) })),
    troubles: troublesOf([...all.absences, ...ownAbsences]),
    listTroubles: isShared ? troublesOf(all.listTroubles) : [],
    sweeps: isShared ? all.sweeps.map(since) : [],
    reports: recorded.reports.map(({ at, seenAt, ...report }) => ({
      ...{ ...report, at: since(at), seenAt: seenAt === undefined ? undefined : since(seenAt) },
    })),
    longestQueueMs,
    failedTasks,
    parent: parent && { ...parent, endedAt: parent.endedAt === undefined ? undefined : since(parent.endedAt) },
  };
}

/** Refusals that the worker repairs at once by a second call. */
const REPAIRED: readonly PollErrorClass[] = ['unauthorized'];

/** The longest until a worker sends a refused call again for itself: its longest pause, and the wait for its slot. */
const PROBE_MS = 15_000;

function callRecord(call: SimulatorCall, earlier: readonly SimulatorCall[], at: number): CallRecord {
  const wasRefused = (withinMs: number) => (before: SimulatorCall) => {
    const answer = answerOf(before);
    const isRefused = answer !== undefined && 'errorClass' in answer && REPAIRED.includes(answer.errorClass);
    return isRefused && call.at - before.at < withinMs;
  };
  const isRepair = earlier.slice(-1).some(wasRefused(1_000));
  const mayBeProbe = earlier.some(wasRefused(PROBE_MS));
  return { at, answer: answerOf(call), ...(isRepair && { isRepair }), ...(mayBeProbe && { mayBeProbe }) };
}

function answerOf({ outcome, aborted, status }: SimulatorCall): CallRecord['answer'] {
  if (aborted || outcome === 'pending') return undefined;
  if (outcome === 'ok') return status === undefined ? undefined : { status };
  if (outcome.startsWith('fault:')) return { errorClass: 'transient' };
  const errorClass = classifyErrorCode(outcome);
  return { errorClass: errorClass === 'clock' ? 'unauthorized' : errorClass };
}

/** The histories of a wait as it has lived it, oldest first: without what a reset took back. */
async function historiesOf(client: Client, { workflowId }: PlayedWait): Promise<History[]> {
  const histories: History[] = [];
  let runId = (await describeRun(client.workflow.getHandle(workflowId)))?.runId;
  while (runId) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  }
  return histories;
}

const ENDINGS: Readonly<Record<string, ParentRecord['ended']>> = {
  RUNNING: 'not at all',
  COMPLETED: 'returned',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
};

async function parentOf(client: Client, { planned }: PlayedWait): Promise<ParentRecord | undefined> {
  const { parent } = familyOf(client, planned);
  const run = parent && (await describeRun(parent));
  if (!run) return undefined;
  const ended = ENDINGS[run.status] ?? 'otherwise';
  if (ended !== 'returned') return { ended, endedAt: run.closedAt };
  const result: unknown = await parent.result();
  return { ended: result === 'gave up' ? 'gaveUp' : ended, endedAt: run.closedAt, result };
}
