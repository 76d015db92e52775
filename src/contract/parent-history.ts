import { WAITING_WORKFLOWS } from './ids.js';

/** The events of a parent's history that tell of its children, as Temporal's API has them. */
export interface ParentEvent {
  readonly startChildWorkflowExecutionInitiatedEventAttributes?: InitiatedAttributes | null;
  readonly startChildWorkflowExecutionFailedEventAttributes?: { readonly workflowId?: string | null } | null;
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

interface InitiatedAttributes {
  readonly workflowType?: { readonly name?: string | null } | null;
  readonly workflowId?: string | null;
  readonly parentClosePolicy?: number | null;
}

/** A wait that a parent has started and whose end it has not seen. */
export interface ChildWait {
  /** The run that the parent started: all later runs of the wait tell this one as their first. Not known at once. */
  readonly firstRunId: string | undefined;
  readonly isCancelled: boolean;
  /** What becomes of it when its parent closes: a `ParentClosePolicy` of Temporal's API. */
  readonly closePolicy: number;
}

/** The open waits of a parent by workflow id, of which only one at a time can be open. */
export type ChildWaits = ReadonlyMap<string, ChildWait>;

/** What more of a parent's history says of its waits. */
export function readParentEvents(known: ChildWaits, events: readonly ParentEvent[]): ChildWaits {
  const waits = new Map(known);
  for (const event of events) {
    const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (initiated?.workflowId && WAITING_WORKFLOWS.includes(initiated.workflowType?.name ?? '')) {
      const closePolicy = initiated.parentClosePolicy ?? 0;
      waits.set(initiated.workflowId, { firstRunId: undefined, isCancelled: false, closePolicy });
    }

    const { workflowId, runId } = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution ?? {};
    const begun = waits.get(workflowId ?? '');
    if (workflowId && runId && begun) waits.set(workflowId, { ...begun, firstRunId: runId });

    const cancelled = event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution;
    const wait = waits.get(cancelled?.workflowId ?? '');
    // Without a run it is meant for whichever is open.
    if (wait && cancelled?.workflowId && [wait.firstRunId, '', undefined, null].includes(cancelled.runId)) {
      waits.set(cancelled.workflowId, { ...wait, isCancelled: true });
    }

    waits.delete(endOf(event)?.workflowExecution?.workflowId ?? '');
    waits.delete(event.startChildWorkflowExecutionFailedEventAttributes?.workflowId ?? '');
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
