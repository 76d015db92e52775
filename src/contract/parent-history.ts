import { AWAIT_REDIS_TASK } from './ids.js';

/** The events of a parent's history that tell of its children, as Temporal's API has them. */
export interface ParentEvent {
  readonly childWorkflowExecutionStartedEventAttributes?: ChildAttributes | null;
  readonly requestCancelExternalWorkflowExecutionInitiatedEventAttributes?: ChildAttributes | null;
  readonly childWorkflowExecutionCompletedEventAttributes?: ChildAttributes | null;
  readonly childWorkflowExecutionFailedEventAttributes?: ChildAttributes | null;
  readonly childWorkflowExecutionCanceledEventAttributes?: ChildAttributes | null;
  readonly childWorkflowExecutionTimedOutEventAttributes?: ChildAttributes | null;
  readonly childWorkflowExecutionTerminatedEventAttributes?: ChildAttributes | null;
}

interface ChildAttributes {
  readonly workflowType?: { readonly name?: string | null } | null;
  readonly workflowExecution?: { readonly workflowId?: string | null; readonly runId?: string | null } | null;
}

/** A wait that a parent has started and whose end it has not seen. */
export interface ChildWait {
  /** The run that the parent started: all later runs of the wait tell this one as their first. */
  readonly firstRunId: string;
  readonly isCancelled: boolean;
}

/** The open waits of a parent by workflow id, of which only one at a time can be open. */
export type ChildWaits = ReadonlyMap<string, ChildWait>;

/** What more of a parent's history says of its waits. */
export function readParentEvents(known: ChildWaits, events: readonly ParentEvent[]): ChildWaits {
  const waits = new Map(known);
  for (const event of events) {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    const { workflowId, runId } = started?.workflowExecution ?? {};
    if (workflowId && runId && started?.workflowType?.name === AWAIT_REDIS_TASK) {
      waits.set(workflowId, { firstRunId: runId, isCancelled: false });
    }

    const cancelled = event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution;
    const wait = waits.get(cancelled?.workflowId ?? '');
    // Without a run it is meant for whichever is open.
    if (wait && cancelled?.workflowId && [wait.firstRunId, '', undefined, null].includes(cancelled.runId)) {
      waits.set(cancelled.workflowId, { ...wait, isCancelled: true });
    }

    waits.delete(endOf(event)?.workflowExecution?.workflowId ?? '');
  }
  return waits;
}

function endOf(event: ParentEvent): ChildAttributes | null | undefined {
  return (
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes
  );
}
