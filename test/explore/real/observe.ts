import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { PollErrorClass } from '../../../src/contract/poll-error.js';
import { classifyErrorCode } from '../../../src/tencent/errors.js';
import type { SimulatorCall } from '../../../src/testing/index.js';
import type { History } from '../../support/histories.js';
import type { CallRecord, WaitRecord } from '../wait-record.js';
import type { ObservedWait } from './findings.js';
import { readHistories, type RecordedWait } from './history.js';
import type { PlayedWait } from './play.js';
import type { Absence, ExplorerStage } from './stage.js';
import { watchedPolls } from './watched-polls.js';

/** Puts together what the client did, what the API saw and what the server has on record. */
export async function observe(
  { client, simulator }: ExplorerStage,
  waits: readonly PlayedWait[],
): Promise<ObservedWait[]> {
  const runs = await countRuns(client);
  const observed: ObservedWait[] = [];
  for (const played of waits) {
    const { script, taskId } = played.planned;
    const recorded = readHistories(await historiesOf(client, played.workflowId), script.maxWaitMs);
    const calls = simulator.calls.filter((call) => call.taskId === String(taskId));
    const longestQueueMs = Math.max(recorded.longestQueueMs, ...queueDelays(recorded, calls));
    observed.push({
      played,
      recorded: { ...recorded, longestQueueMs },
      calls,
      runs: runs.get(played.workflowId) ?? 0,
    });
  }
  return observed;
}

/** How long the first attempts of watches were in the queue, which only the API can tell. */
function queueDelays({ watches, endedAt }: RecordedWait, calls: readonly SimulatorCall[]): number[] {
  return watches.map(({ at, givenUpAt = endedAt ?? at }) => {
    const firstCall = calls.find((call) => call.at >= at)?.at ?? Infinity;
    return Math.max(0, Math.min(firstCall, givenUpAt) - at);
  });
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
  { played, recorded, calls }: ObservedWait,
  absences: readonly Absence[],
  longestQueueMs: number,
  callEnds: ReadonlyMap<SimulatorCall, number>,
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
  const timedCalls = calls.map((call, index) => ({
    ...callRecord(call, calls.slice(0, index), since(call.at)),
    endedAt: since(callEnds.get(call) ?? Infinity),
  }));
  const ownPolls = recorded.polls.map((poll) => ({
    at: since(poll.at),
    ...(poll.answeredAt !== undefined && { answeredAt: since(poll.answeredAt) }),
    ...(poll.gaveTask !== undefined && { gaveTask: poll.gaveTask }),
    ...(poll.givenUpAt !== undefined && { givenUpAt: since(poll.givenUpAt) }),
  }));
  const watches = recorded.watches.map(({ at, givenUpAt }) => ({
    at: since(at),
    ...(givenUpAt !== undefined && { givenUpAt: since(givenUpAt) }),
  }));
  const troubles = absences.map(({ from, to, why }) => ({ from: since(from), to: since(to), why }));
  const watched = watchedPolls({ polls: ownPolls, watches, calls: timedCalls, troubles });
  return {
    script: { ...script, task, faults: script.faults.map((fault) => ({ ...fault, fromMs: fault.fromMs + shift })) },
    startedAt,
    endedAt: endedAt === undefined ? undefined : since(endedAt),
    ending,
    calls: timedCalls,
    polls: [...ownPolls, ...watched].sort((a, b) => a.at - b.at),
    watches,
    steering: played.steering.map((each) => ({
      ...each,
      at: since(each.at),
      // The server takes a signal before any worker has begun the wait; the wait hears it when it begins.
      heardAt: each.heardAt === undefined ? undefined : Math.max(0, since(each.heardAt)),
    })),
    deadlines: recorded.deadlines.map(({ from, deadline }) => ({ from: since(from), deadline: since(deadline) })),
    troubles,
    longestQueueMs,
    failedTasks,
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

async function historiesOf(client: Client, workflowId: string): Promise<History[]> {
  const histories: History[] = [];
  const description = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  let runId: string | undefined = description?.raw.workflowExecutionInfo?.firstRunId ?? undefined;
  while (runId) {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return histories;
}
