import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeConnection } from '@temporalio/worker';

const CHECK_EVERY_MS = 5_000;
const CHECK_TIMEOUT_MS = 5_000;

/** Asks Temporal for the namespace: one line that says why it cannot be used, undefined when it can. */
export async function namespaceProblem(connection: NativeConnection, namespace: string): Promise<string | undefined> {
  const describe = () => connection.workflowService.describeNamespace({ namespace });
  return connection.withDeadline(Date.now() + CHECK_TIMEOUT_MS, describe).then(
    () => undefined,
    (error: unknown) => reasonOf(error),
  );
}

/**
 * Asks for the namespace every 5 s. The SDK's workers retry a lost connection without saying so: their state stays
 * RUNNING and POLLING.
 *
 * @param learned - told after each check why it failed; undefined when it did not
 */
export async function watchNamespace(
  connection: NativeConnection,
  namespace: string,
  signal: AbortSignal,
  learned: (problem: string | undefined) => void,
): Promise<void> {
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const problem = await namespaceProblem(connection, namespace);
    if (!isOver()) learned(problem);
    await sleep(CHECK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** One line, without the stack of causes that the SDK puts into messages. */
function reasonOf(error: unknown): string {
  const { message, details } = error as Error & { details?: string };
  const [line = ''] = (details || message).split('\n', 1);
  return line.slice(0, 300);
}
