import { proxySinks, workflowInfo } from '@temporalio/workflow';
import type { ParentSinks } from '../../parents/index.js';

const { redisTaskParents } = proxySinks<ParentSinks>();

/**
 * Has the worker look after the parent of a run that the parent does not know: one that was continued as new, or came of a
 * reset. The server would drop its cancellation: see `ParentFollower`. A sink writes nothing into the history, so the run
 * may decide by its own id, and each worker that loads it is told.
 */
export function followParent(): void {
  const { parent, namespace, runId, firstExecutionRunId } = workflowInfo();
  if (parent?.namespace === namespace && runId !== firstExecutionRunId) redisTaskParents.follow();
}
