import type { RedisTaskWaitState } from '../../../src/contract/task/view.js';
import { WATCH_REPORT_SIGNAL } from '../../../src/contract/watch/watch.js';
import type { WatchReport } from '../../../src/contract/watch/watched-wait.js';
import { SIMULATOR_CREDENTIAL } from '../../../src/testing/index.js';
import { failedWorkflowTasks, type History, type HistoryEvent, isReset, textOf } from '../../support/histories.js';
import { failed, success, valueOf } from '../ending.js';
import type { Ending, PollRecord, ReportRecord } from '../wait-record.js';

/** What a reset took back: what came from then on until the reset itself. The calls are those of the activities then open. */
export interface Reset {
  readonly from: number;
  readonly callsFrom: number;
  readonly at: number;
}

/** What the server's record says of a wait. Times are Unix milliseconds. */
export interface RecordedWait {
  /** When it was started, for the server. */
  readonly createdAt: number;
  readonly resets: readonly Reset[];
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** When the server closed it, or wrote its last event. */
  readonly closedAt: number;
  readonly ending: Ending | undefined;
  readonly polls: readonly PollRecord[];
  readonly reports: readonly ReportRecord[];
  readonly deadlines: readonly { readonly from: number; readonly deadline: number }[];
  readonly failedTasks: readonly string[];
  /** The names of the signals that reached it. */
  readonly signals: readonly string[];
  readonly cancelRequested: boolean;
  readonly holdsSecret: boolean;
  readonly events: number;
  /** When a run ended for another to go on. */
  readonly continuedAt: readonly number[];
  /** How many runs it had, each the continuation of the one before. */
  readonly runs: number;
  readonly longestQueueMs: number;
}

/** Reads the histories of all runs of a wait, oldest first. */
export function readHistories(histories: readonly History[], maxWaitMs: number): RecordedWait {
  const events = histories.flatMap(({ events: each }) => each ?? []);
  // Workflow time is that of the tasks which were completed: one that a killed worker took tells the wait nothing.
  const tasks = events.flatMap(({ workflowTaskCompletedEventAttributes: completed }, index) =>
    completed ? [timeOf(events.slice(0, index).findLast((event) => event.workflowTaskStartedEventAttributes))] : [],
  );
  const startedAt = tasks[0] ?? timeOf(events[0]);
  const last = events.at(-1);
  const ending = last && endingOf(last);
  const endedAt = ending?.as === 'terminated' ? timeOf(last) : ending && tasks.at(-1);
  return {
    createdAt: timeOf(events[0]),
    resets: histories.flatMap(resetsOf),
    startedAt,
    endedAt,
    closedAt: timeOf(last),
    ending,
    polls: histories.flatMap((history) => pollsOf(history, endedAt)),
    reports: events.flatMap(reportsOf),
    deadlines: deadlinesOf(events, startedAt, maxWaitMs),
    failedTasks: histories.flatMap(failedWorkflowTasks),
    signals: events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []),
    cancelRequested: events.some((event) => event.workflowExecutionCancelRequestedEventAttributes),
    holdsSecret: histories.some((history) => holdsSecret(history)),
    events: events.length,
    continuedAt: events.filter((event) => event.workflowExecutionContinuedAsNewEventAttributes).map(timeOf),
    runs: histories.length,
    longestQueueMs: Math.max(0, ...histories.flatMap(queueDelays)),
  };
}

/** What signs a request, and what a signed request looks like. */
const SECRETS = [SIMULATOR_CREDENTIAL.secretId, SIMULATOR_CREDENTIAL.secretKey, 'TC3-HMAC-SHA256', 'Signature='];

export function holdsSecret(history: History, secrets: readonly string[] = []): boolean {
  const text = textOf(history);
  return [...SECRETS, ...secrets].some((secret) => text.includes(secret));
}

export function timeOf(event: HistoryEvent | undefined): number {
  const { seconds = 0, nanos = 0 } = event?.eventTime ?? {};
  return Math.floor(Number(seconds) * 1_000 + (nanos ?? 0) / 1_000_000);
}

function pollsOf({ events }: History, endedAt: number | undefined): PollRecord[] {
  const polls = new Map<string, { -readonly [K in keyof PollRecord]: PollRecord[K] }>();
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'describeTaskInfo') polls.set(String(event.eventId), { at: timeOf(event) });
    const ended = endOfActivity(event);
    const poll = polls.get(String(ended?.scheduledEventId));
    if (poll && ended && !event.activityTaskCanceledEventAttributes) {
      poll.answeredAt = timeOf(event);
      poll.gaveTask = event.activityTaskCompletedEventAttributes != null;
    }
    const cancelled = polls.get(String(event.activityTaskCancelRequestedEventAttributes?.scheduledEventId));
    if (cancelled) cancelled.givenUpAt = timeOf(event);
  }
  // An answer that came when the wait had already let the poll go tells it nothing.
  return [...polls.values()].map(({ answeredAt, gaveTask, ...poll }) =>
    answeredAt === undefined || poll.givenUpAt !== undefined
      ? { ...poll, givenUpAt: poll.givenUpAt ?? endedAt ?? Infinity }
      : { ...poll, answeredAt, gaveTask: gaveTask ?? false },
  );
}

function reportsOf(event: HistoryEvent): ReportRecord[] {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal?.signalName !== WATCH_REPORT_SIGNAL) return [];
  const report = valueOf(signal.input?.payloads?.[0]) as WatchReport;
  const { seenAt, unable } = report;
  return [{ at: timeOf(event), seenAt: seenAt ?? undefined, ...(unable && { unable: unable.error.code }) }];
}

function resetsOf({ events = [] }: History): Reset[] {
  return (events ?? []).flatMap((event, index) => {
    if (!isReset(event)) return [];
    const kept = (events ?? []).slice(0, index);
    const ended = new Set(kept.map((each) => String(endOfActivity(each)?.scheduledEventId)));
    const isCall = (each: HistoryEvent) =>
      each.activityTaskScheduledEventAttributes?.activityType?.name === 'describeTaskInfo';
    const open = kept.find((each) => isCall(each) && !ended.has(String(each.eventId)));
    const from = timeOf(kept.at(-1));
    return { from, callsFrom: open ? timeOf(open) : from, at: timeOf(event) };
  });
}

function endOfActivity(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );
}

function queueDelays({ events }: History): number[] {
  const scheduled = new Map<string, number>();
  const delays: number[] = [];
  for (const event of events ?? []) {
    // Joins have a queue of their own.
    const type = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (type !== undefined && type !== 'joinRedisTaskWatch') scheduled.set(String(event.eventId), timeOf(event));
    // What was in the queue then goes there again.
    if (isReset(event)) scheduled.clear();
    const started = event.activityTaskStartedEventAttributes;
    // Only of a first attempt is it known when it came to the queue.
    const scheduledAt = scheduled.get(String(started?.scheduledEventId));
    if (started?.attempt === 1 && scheduledAt !== undefined) delays.push(timeOf(event) - scheduledAt);
  }
  return delays;
}

function deadlinesOf(events: readonly HistoryEvent[], startedAt: number, maxWaitMs: number) {
  const deadlines = [{ from: startedAt, deadline: startedAt + maxWaitMs }];
  for (const event of events) {
    const payload = event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.success?.payloads?.[0];
    if (payload) {
      const { deadline } = valueOf(payload) as RedisTaskWaitState;
      deadlines.push({ from: timeOf(event), deadline: Date.parse(deadline) });
    }
    const signal = event.workflowExecutionSignaledEventAttributes;
    const input = signal?.signalName === 'joinWait' ? signal.input?.payloads?.[0] : undefined;
    if (input) {
      const { maxWait } = valueOf(input) as { maxWait: number };
      const before = deadlines.at(-1)?.deadline ?? 0;
      deadlines.push({ from: timeOf(event), deadline: Math.max(before, timeOf(event) + maxWait) });
    }
  }
  return deadlines;
}

function endingOf(event: HistoryEvent): Ending | undefined {
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed) return success(completed.result?.payloads?.[0]);
  if (event.workflowExecutionCanceledEventAttributes) return { as: 'cancelled' };
  const failure = event.workflowExecutionFailedEventAttributes?.failure;
  if (failure) return failed(failure);
  if (event.workflowExecutionTerminatedEventAttributes) return { as: 'terminated' };
  return event.workflowExecutionTimedOutEventAttributes ? { as: 'other', what: 'its execution timed out' } : undefined;
}
