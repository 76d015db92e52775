import type { WorkflowExecutionDescription } from '@temporalio/client';
import { formatDuration } from '../../contract/duration.js';
import type { RedisTaskWaitState } from '../../contract/view.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import type { TaskFlags } from '../flags.js';
import { endedBadly, noWait, type Subject, succeeded, writeEnding } from '../outcome.js';
import { findAll, readReferences, subjectOf } from '../references.js';
import { isOutOfReach, soon, type Temporal, withTemporal } from '../temporal.js';
import { type Output, printable } from '../terminal.js';
import { ADVICE, missingWorker } from '../workers-present.js';

/** `redis-task status`: where waits stand, or how they ended. */
export async function showStatus(references: readonly string[], flags: TaskFlags): Promise<ExitCode> {
  const read = readReferences(references, flags);
  return withTemporal(flags, async (temporal, output) => {
    const codes: ExitCode[] = [];
    for (const each of await findAll(read, temporal)) {
      if (each.waits.length === 0) {
        const ending = noWait(each.subject, temporal);
        writeEnding(output, ending, undefined);
        codes.push(ending.exitCode);
      }
      for (const wait of each.waits) codes.push(await showOne(wait, subjectOf(each, wait), temporal, output));
    }
    return worst(codes);
  });
}

async function showOne(
  wait: WorkflowExecutionDescription,
  subject: Subject,
  temporal: Temporal,
  output: Output,
): Promise<ExitCode> {
  const { workflowId } = wait;
  try {
    if (wait.closeTime === undefined) {
      writeState(await stateOf(wait, subject, temporal), workflowId, temporal, output);
      return EXIT.succeeded;
    }
    const ending = succeeded(await soon(temporal, () => temporal.waits.result(wait)));
    writeEnding(output, ending, temporal.link(workflowId));
    return ending.exitCode;
  } catch (error) {
    const ending = endedBadly(error, subject, temporal);
    writeEnding(output, ending, temporal.link(workflowId));
    return ending.exitCode;
  }
}

/** Only a worker can say where a wait stands. */
async function stateOf(
  wait: WorkflowExecutionDescription,
  { name }: Subject,
  temporal: Temporal,
): Promise<RedisTaskWaitState> {
  const missing = await missingWorker(temporal, wait.taskQueue);
  if (missing !== undefined)
    throw new CliError(EXIT.noWorker, `${missing} Only a worker can say where a wait stands. ${ADVICE}`);
  try {
    return await soon(temporal, () => temporal.waits.state(wait));
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    throw new CliError(EXIT.noWorker, `No worker said within seconds how it is with ${name}. ${ADVICE}`);
  }
}

/** Shows where a wait stands. */
export function writeState(state: RedisTaskWaitState, workflowId: string, temporal: Temporal, output: Output): void {
  const { taskId, status, observation, polls, nextPollAt, deadline, lastError } = state;
  const until = (time: string) => formatDuration(Math.max(0, Date.parse(time) - Date.now()));
  const link = temporal.link(workflowId);
  const parts = [
    `${taskId} ${printable(status ?? 'not seen yet')}`,
    ...(observation?.instanceId ? [printable(observation.instanceId)] : []),
    `polls ${polls}`,
    nextPollAt === null ? 'polling now' : `next poll in ${until(nextPollAt)}`,
    `deadline in ${until(deadline)}`,
    ...(lastError ? [`last error ${printable(lastError.code)}: ${printable(lastError.message)}`] : []),
    output.paint('dim', link ?? printable(workflowId)),
  ];
  output.result({ ...state, workflowId }, parts.join(' · '));
}
