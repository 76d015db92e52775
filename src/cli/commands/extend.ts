import { type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { isUnreadable } from '../../client/readable.js';
import type { RedisTaskDuration } from '../../contract/duration.js';
import type { RedisTaskWaitState } from '../../contract/task/view.js';
import { endedError, forEachWait, type Target, type WaitFlags, writeState } from '../each-wait.js';
import { CliError, EXIT, type ExitCode } from '../exit-codes.js';
import { readPlan } from '../flags.js';
import type { Host } from '../host.js';
import { createEnding, nameOf, writeEnding } from '../outcome.js';
import { type Temporal, withTimeout } from '../temporal.js';
import { askWorker } from '../workers.js';

const UNCONFIRMED = 'The new deadline is not confirmed: a worker that comes may still set it. ';
const KEPT = 'The deadline moves when a worker comes, also if it has passed by then. ';

interface ExtendFlags extends WaitFlags {
  readonly by?: RedisTaskDuration;
  readonly maxWait?: RedisTaskDuration;
}

/** `redis-task extend`: to a total, or by so much from now. */
export function extendWaits(
  host: Host,
  args: readonly string[],
  { by, maxWait, ...flags }: ExtendFlags,
): Promise<ExitCode> {
  const extend = howToExtend(by, maxWait);
  return forEachWait(host, args, flags, async (target) => {
    try {
      return writeState(await extend(target), target);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      const { wait, subject, temporal, output } = target;
      const message = `Sent to ${nameOf(subject)}. Its answer is encrypted and cannot be read here.`;
      return writeEnding(
        output,
        createEnding(EXIT.error, 'Unreadable', message, subject),
        temporal.link(wait.workflowId),
      );
    }
  });
}

/** @throws CliError unless one of both is given, and good */
function howToExtend(
  by: RedisTaskDuration | undefined,
  maxWait: RedisTaskDuration | undefined,
): (target: Target) => Promise<RedisTaskWaitState> {
  const task = { taskId: 1, region: 'any-region' };
  if (by !== undefined && maxWait === undefined) {
    readPlan({ ...task, maxWait: by }, '--by');
    return (target) => extendBy(by, target);
  }
  if (by !== undefined || maxWait === undefined)
    throw new CliError(EXIT.usage, 'Give one of --by, such as 2h from now, and --max-wait, the new total.');
  readPlan({ ...task, maxWait });
  return ({ wait, temporal }) => askWorker(temporal, () => temporal.waits.extendWait(wait, maxWait), UNCONFIRMED);
}

/** As somebody who joins the wait does: never to an earlier deadline. The server keeps it for a worker that comes later. */
async function extendBy(maxWait: RedisTaskDuration, { wait, subject, temporal, output }: Target) {
  const { waits } = temporal;
  if (wait.closeTime !== undefined) throw await endedError(temporal, wait);
  const look = () => askWorker(temporal, () => waits.state(wait), KEPT);
  let before: RedisTaskWaitState | undefined;
  let missing: CliError | undefined;
  try {
    before = await look();
  } catch (error) {
    if (error instanceof CliError) missing = error;
    else if (!isUnreadable(error)) throw error;
  }
  await withTimeout(temporal, () => join(temporal, wait, maxWait));
  if (missing) throw missing;
  const after = await look();
  if (after.deadline === before?.deadline) output.say(`As before, since it has more time already: ${nameOf(subject)}.`);
  return after;
}

async function join(temporal: Temporal, wait: WorkflowExecutionDescription, maxWait: RedisTaskDuration): Promise<void> {
  try {
    await (await temporal.waits.attach(wait)).signal('joinWait', { maxWait });
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? await endedError(temporal, wait) : error;
  }
}
