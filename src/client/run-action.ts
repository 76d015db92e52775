import {
  CancelledFailure,
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  decodeRedisActionFailure,
  type RedisActionFailure,
  type RedisActionFailureType,
} from '../contract/action/failures.js';
import { readActionInput, type RunRedisActionInput } from '../contract/action/input.js';
import { actionSubject } from '../contract/action/messages.js';
import type { RedisActionResult } from '../contract/action/outcome.js';
import { RUN_REDIS_ACTION } from '../contract/ids.js';
import { RedisTaskIdTakenError, RedisTaskWaitCancelledError } from './error.js';
import { readerOf } from './readable.js';

/**
 * A change failed. Branch on `type`; `details` are those of the contract.
 *
 * @example
 * ```ts
 * try {
 *   await waits.run({ action: 'ClearInstance', region, params: { InstanceId: 'crs-09u2u96z' } }, { key: 'clear-CHG-4711' });
 * } catch (error) {
 *   if (error instanceof RedisActionError && error.type === 'RedisActionUncertain') console.error(error.message);
 *   else throw error;
 * }
 * ```
 */
export class RedisActionError extends Error {
  override readonly name = 'RedisActionError';

  constructor(
    readonly failure: RedisActionFailure,
    options?: ErrorOptions,
  ) {
    super(failure.message, options);
  }

  get type(): RedisActionFailureType {
    return this.failure.type;
  }

  get details(): RedisActionFailure['details'] {
    return this.failure.details;
  }
}

/**
 * The key of a change was used before, and its workflow has ended: nothing was submitted. Its change has been made, or its
 * failure says what became of it.
 *
 * @example
 * ```ts
 * try {
 *   await waits.run({ action: 'ClearInstance', region, params: { InstanceId: 'crs-09u2u96z' } }, { key: 'clear-CHG-4711' });
 * } catch (error) {
 *   if (!(error instanceof RedisActionKeyUsedError)) throw error;
 *   console.error(`${error.workflowId} has ended as ${error.status}`);
 * }
 * ```
 */
export class RedisActionKeyUsedError extends Error {
  override readonly name = 'RedisActionKeyUsedError';

  constructor(
    readonly workflowId: string,
    /** Of the workflow, such as `COMPLETED` or `FAILED`. */
    readonly status: string,
  ) {
    super(
      `The key ${workflowId} has been used: its workflow has ended as ${status}. Nothing was submitted now: look at it, and use another key for another change.`,
    );
  }
}

/**
 * Options of `RedisTaskClient.run`.
 *
 * @example
 * ```ts
 * const options: RunOptions = { key: 'resize-CHG-4711' };
 * ```
 */
export interface RunOptions {
  /** Names the change, and its workflow: the same key joins while it runs, and is refused after its end. */
  readonly key: string;
}

/** Reads an input. @throws RedisActionError `RedisTaskInvalidInput` */
function readOrThrow(input: RunRedisActionInput) {
  try {
    return readActionInput(input);
  } catch (error) {
    throw actionError(error);
  }
}

/** Starts a change, or joins the one that runs under its key. @throws as `RedisTaskClient.run` */
export async function startAction(
  client: Client,
  taskQueue: string,
  input: RunRedisActionInput,
  { key }: RunOptions,
): Promise<WorkflowHandle> {
  const plan = readOrThrow(input);
  try {
    return await client.workflow.start(RUN_REDIS_ACTION, {
      taskQueue,
      workflowId: key,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: actionSubject(plan),
      args: [input],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const known = await readerOf(client).getHandle(key).describe();
  // The server compares ids alone.
  if (known.type !== RUN_REDIS_ACTION) throw new RedisTaskIdTakenError(key, known.type);
  if (known.closeTime !== undefined) throw new RedisActionKeyUsedError(key, known.status.name);
  return client.workflow.getHandle(key, known.runId);
}

/** Waits for the end. @throws as `RedisTaskClient.run` */
export async function resultOfAction(handle: WorkflowHandle): Promise<RedisActionResult> {
  try {
    return (await handle.result()) as RedisActionResult;
  } catch (error) {
    const isCancelled = error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;
    if (!isCancelled) throw actionError(error);
    throw new RedisTaskWaitCancelledError('The change was cancelled. What the API had accepted by then goes on.', {
      cause: error,
    });
  }
}

function actionError(error: unknown): unknown {
  const failure = decodeRedisActionFailure(error);
  return failure ? new RedisActionError(failure, { cause: error }) : error;
}
