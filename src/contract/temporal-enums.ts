/**
 * Numbers of enums in Temporal's API, where the SDK hands them on as they are. The package that names them,
 * `@temporalio/proto`, is none of ours.
 */

/** `TaskQueueType`. */
export const WORKFLOW_QUEUE = 1;
export const ACTIVITY_QUEUE = 2;

/** `PENDING_WORKFLOW_TASK_STATE_SCHEDULED`: nobody has taken the task. */
export const WORKFLOW_TASK_SCHEDULED = 1;

/** `INDEXED_VALUE_TYPE_KEYWORD`, a search attribute's type. */
export const KEYWORD = 2;

/** `WORKFLOW_EXECUTION_STATUS_TERMINATED`. */
export const TERMINATED = 5;

/** `ParentClosePolicy`. */
export const ABANDON = 2;
export const REQUEST_CANCEL = 3;

/** `EVENT_TYPE_WORKFLOW_EXECUTION_STARTED`. */
export const WORKFLOW_EXECUTION_STARTED = 1;

/** `WORKER_VERSIONING_MODE_VERSIONED`. */
export const VERSIONED = 2;
