import { formatDuration } from '../../contract/duration.js';
import type { RedisTaskWaitState } from '../../contract/view.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { readTasks, type Task, type TaskFlags } from '../flags.js';
import { endedBadly, succeeded, writeEnding } from '../outcome.js';
import { isOutOfReach, soon, type Temporal, withTemporal } from '../temporal.js';
import { type Output, printable } from '../terminal.js';
import { ADVICE, missingWorker } from '../workers-present.js';

/** `redis-task status`: where waits stand, or how they ended. */
export async function showStatus(taskIds: readonly string[], flags: TaskFlags): Promise<ExitCode> {
  const tasks = readTasks(taskIds, flags);
  return withTemporal(flags, async (temporal, output) => {
    const codes: ExitCode[] = [];
    for (const task of tasks) codes.push(await showOne(task, temporal, output));
    return worst(codes);
  });
}

async function showOne(task: Task, temporal: Temporal, output: Output): Promise<ExitCode> {
  const { waits } = temporal;
  try {
    const { status } = await soon(temporal, () => waits.attach(task).describe());
    if (status.name === 'RUNNING') {
      writeState(await stateOf(task, temporal), temporal, output);
      return EXIT.succeeded;
    }
    const ending = succeeded(await soon(temporal, () => waits.result(task)));
    writeEnding(output, ending, temporal.link(task));
    return ending.exitCode;
  } catch (error) {
    const ending = endedBadly(error, task, temporal);
    writeEnding(output, ending, temporal.link(task));
    return ending.exitCode;
  }
}

/** Only a worker can say where a wait stands. */
async function stateOf(task: Task, temporal: Temporal): Promise<RedisTaskWaitState> {
  const missing = await missingWorker(temporal);
  if (missing !== undefined)
    throw new CliError(EXIT.noWorker, `${missing} Only a worker can say where a wait stands. ${ADVICE}`);
  try {
    return await soon(temporal, () => temporal.waits.state(task));
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    throw new CliError(EXIT.noWorker, `No worker said within seconds where the wait for task ${task.taskId} stands.`);
  }
}

/** Shows where a wait stands. */
export function writeState(state: RedisTaskWaitState, temporal: Temporal, output: Output): void {
  const { taskId, status, observation, polls, nextPollAt, deadline, lastError } = state;
  const until = (time: string) => formatDuration(Math.max(0, Date.parse(time) - Date.now()));
  const link = temporal.link(state);
  const parts = [
    `${taskId} ${printable(status ?? 'not seen yet')}`,
    ...(observation?.instanceId ? [printable(observation.instanceId)] : []),
    `polls ${polls}`,
    nextPollAt === null ? 'polling now' : `next poll in ${until(nextPollAt)}`,
    `deadline in ${until(deadline)}`,
    ...(lastError ? [`last error ${printable(lastError.code)}: ${printable(lastError.message)}`] : []),
    ...(link ? [output.paint('dim', link)] : []),
  ];
  output.result(state, parts.join(' · '));
}
