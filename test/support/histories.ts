import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';

export type History = temporal.api.history.v1.IHistory;
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
export type EventName = keyof typeof temporal.api.enums.v1.EventType;

// By the default: Node finds no named exports in this package, unlike jest.
const { EventType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

const NO_FAULTS = [
  'WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND',
  'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND',
  'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW',
];

/** One run of a workflow. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

/** A history, and the id that it needs to be replayed under. */
export interface NamedHistory {
  readonly workflowId: string;
  readonly history: History;
}

/**
 * All that a history holds. On the wire payloads are the bytes they were made of, so a plain search finds what any field
 * holds.
 */
export function textOf(history: History): string {
  return Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish()).toString('utf8');
}

/** The events of one kind, oldest first. */
export function eventsOf(history: History, name: EventName): HistoryEvent[] {
  return (history.events ?? []).filter(({ eventType }) => eventType === EventType[name]);
}

/** A history without the workflow tasks that no worker had done in time: on a busy machine the server gives them out again. */
export function withoutTimedOutTasks(history: History): History {
  const lost = new Set<number>();
  for (const event of eventsOf(history, 'EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT')) {
    const { scheduledEventId, startedEventId } = event.workflowTaskTimedOutEventAttributes ?? {};
    for (const id of [event.eventId, scheduledEventId, startedEventId]) lost.add(Number(id));
  }
  return { events: (history.events ?? []).filter(({ eventId }) => !lost.has(Number(eventId))) };
}

/** The names of all events, as the documentation of Temporal writes them, without their prefix. */
export function eventNames(history: History): string[] {
  return (history.events ?? []).map(({ eventType }) => (EventType[eventType ?? 0] ?? '').replace(/^EVENT_TYPE_/, ''));
}

/**
 * Why workflow tasks failed. That something arrived while the workflow ended is no fault of its code: the server asks
 * for the task once more. Nor is a reset, which fails the task to before which it goes, or a termination.
 */
export function failedWorkflowTasks(history: History): string[] {
  return eventsOf(history, 'EVENT_TYPE_WORKFLOW_TASK_FAILED')
    .map(({ workflowTaskFailedEventAttributes: failed }) => WorkflowTaskFailedCause[failed?.cause ?? 0] ?? '')
    .filter((cause) => !NO_FAULTS.includes(cause));
}

/** Whether a run was reset to here. */
export function isReset({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): boolean {
  return failed?.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;
}

/** The length of each pause that a timer was set for, in milliseconds. The timer of the deadline is none. */
export function pausesOf(history: History): number[] {
  const summaries = summariesOf(history, 'EVENT_TYPE_TIMER_STARTED').map(String);
  return eventsOf(history, 'EVENT_TYPE_TIMER_STARTED')
    .filter((_, index) => summaries[index]?.includes('next poll'))
    .map((event) => durationMs(event.timerStartedEventAttributes?.startToFireTimeout));
}

/** A duration of the wire, in milliseconds. */
export function durationMs(duration: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(duration?.seconds ?? 0) * 1_000 + (duration?.nanos ?? 0) / 1_000_000;
}

/**
 * More than a cancellation takes on a machine that is busy with other tests; the contract says 2 s. Waiting for a call
 * would take 10 s.
 */
export const SOON_MS = 5_000;

/** How long a workflow took to end after it was asked to, by the server's clock. NaN if it was not asked. */
export async function cancelTookMs(handle: { fetchHistory(): Promise<History> }): Promise<number> {
  const history = await handle.fetchHistory();
  const [asked] = eventsOf(history, 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
  return asked ? durationMs(history.events?.at(-1)?.eventTime) - durationMs(asked.eventTime) : NaN;
}

/**
 * How many workflow tasks a workflow completed from the request to cancel it on: one, unless it waited for anything, such
 * as the end of a call. No slow machine makes them more.
 */
export async function tasksToCancel(handle: { fetchHistory(): Promise<History> }): Promise<number> {
  const history = await handle.fetchHistory();
  const [asked] = eventsOf(history, 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
  if (!asked) throw new Error('The workflow was not asked to end');
  return tasksSince(history, asked).length;
}

/** What a workflow's own clock said when it heard of an event, in milliseconds: that is when its workflow task began. */
export function heardAt(history: History, event: HistoryEvent | undefined): number {
  const [task] = event ? tasksSince(history, event) : [];
  const startedId = task?.workflowTaskCompletedEventAttributes?.startedEventId;
  const started = history.events?.find(({ eventId }) => Number(eventId) === Number(startedId ?? NaN));
  return Math.floor(durationMs(started?.eventTime ?? { seconds: NaN }));
}

/** The completions of workflow tasks that began after an event. */
function tasksSince(history: History, { eventId }: HistoryEvent): HistoryEvent[] {
  return eventsOf(history, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED').filter(
    ({ workflowTaskCompletedEventAttributes: task }) => Number(task?.startedEventId) > Number(eventId),
  );
}

/** The summaries of the events of one kind, as Temporal UI shows them. */
export function summariesOf(history: History, name: EventName): unknown[] {
  return eventsOf(history, name).map(({ userMetadata }) =>
    userMetadata?.summary ? defaultPayloadConverter.fromPayload<unknown>(userMetadata.summary) : undefined,
  );
}

/** The histories of these workflows, and of whatever continued them or was started by them as a child. */
export async function followedHistories(client: Client, runs: readonly Run[]): Promise<NamedHistory[]> {
  const found: NamedHistory[] = [];
  const pending: Run[] = [...runs];
  for (let run = pending.shift(); run; run = pending.shift()) {
    const { workflowId } = run;
    const history = await client.workflow.getHandle(workflowId, run.runId).fetchHistory();
    found.push({ workflowId, history });
    for (const { workflowExecutionContinuedAsNewEventAttributes: continued } of history.events ?? []) {
      if (continued) pending.push({ workflowId, runId: continued.newExecutionRunId ?? '' });
    }
    for (const { childWorkflowExecutionStartedEventAttributes: child } of history.events ?? []) {
      const { workflowId: childId, runId } = child?.workflowExecution ?? {};
      if (childId && runId) pending.push({ workflowId: childId, runId });
    }
  }
  return found;
}
