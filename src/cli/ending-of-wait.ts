import { isUnreadable } from '../client/readable.js';
import { REDIS_TASK_FAILURE_TYPES } from '../contract/task/failures.js';
import { EXIT, FAILURE_EXIT } from './exit-codes.js';
import { createEnding, type Ending, endingOf, endingOfError, nameOf, type Subject } from './outcome.js';
import type { Temporal } from './temporal.js';

/** Waits for the end of a wait, and tells how that was. @throws CliError as {@link endingOfError} */
export async function endOfWait(temporal: Temporal, workflowId: string, subject: Subject): Promise<Ending> {
  try {
    return endingOf(await temporal.waits.result({ workflowId }));
  } catch (error) {
    return isUnreadable(error)
      ? unreadableEnding(temporal, workflowId, subject)
      : endingOfError(error, subject, temporal);
  }
}

/** The type of a failure is not encrypted, and tells the exit code. */
async function unreadableEnding(
  { waits: { client }, namespace }: Temporal,
  workflowId: string,
  subject: Subject,
): Promise<Ending> {
  const request = { namespace, execution: { workflowId }, maximumPageSize: 1 };
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse(request);
  const failure = history?.events?.[0]?.workflowExecutionFailedEventAttributes?.failure;
  const name = nameOf(subject);
  if (!failure) {
    const message = `Succeeded: ${name}. Its result is encrypted and cannot be read here.`;
    return createEnding(EXIT.succeeded, 'Unreadable', message, { ...subject, status: 'COMPLETED' });
  }
  const type = REDIS_TASK_FAILURE_TYPES.find((each) => each === failure.applicationFailureInfo?.type);
  const message = `Failed: ${name}. The rest of its failure is encrypted and cannot be read here.`;
  const ending = createEnding(type ? FAILURE_EXIT[type] : EXIT.error, type ?? 'Error', message, subject);
  return { ...ending, text: `${type ?? 'Error'}: ${message}` };
}
