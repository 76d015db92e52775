import { setTimeout } from 'node:timers/promises';
import { QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client';
import { grpcCode } from '../contract/grpc.js';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { WAIT_IS_LOADING } from '../contract/wait/messages.js';
import { RedisTaskStateError } from './error.js';

const ASK_AGAIN_MS = 100;

/**
 * What a query came to that brought no state:
 *
 * - `loading`: a worker is loading the wait, and answers in a moment.
 * - `unanswered`: no worker answered.
 * - `refused`: a worker answered without a state.
 */
type QueryProblem = 'loading' | 'unanswered' | 'refused';

/** DEADLINE_EXCEEDED, and FAILED_PRECONDITION: no worker has begun the wait, or none was seen for some 15 s. */
const NO_WORKER: readonly (number | undefined)[] = [4, 9];

/**
 * Undefined for what has nothing to do with workers: the connection, a wait that is not there.
 *
 * The SDK calls every INVALID_ARGUMENT of a query "not registered": a workflow without a handler, a handler that threw, an
 * answer above the 2 MB that the server takes. Their messages are the server's and the worker's, so only ours is read.
 */
export function classifyQuery(error: unknown): QueryProblem | undefined {
  if (error instanceof QueryNotRegisteredError) return error.message === WAIT_IS_LOADING ? 'loading' : 'refused';
  return NO_WORKER.includes(grpcCode(error)) ? 'unanswered' : undefined;
}

/** Asks a wait, or a change, how it stands, again while a worker is loading it. @throws RedisTaskStateError */
export async function queryState<S = RedisTaskWaitState>(
  handle: Pick<WorkflowHandle, 'query' | 'workflowId'>,
): Promise<S> {
  for (;;) {
    try {
      return await handle.query<S>('getState');
    } catch (error) {
      const problem = classifyQuery(error);
      if (problem === undefined) throw error;
      if (problem !== 'loading') throw new RedisTaskStateError(handle.workflowId, problem, { cause: error });
      await setTimeout(ASK_AGAIN_MS);
    }
  }
}
