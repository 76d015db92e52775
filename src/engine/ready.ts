import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

const attemptMs = 2_000;
const pauseMs = 50;

/** Resolves when the server answers and its namespace is there, or when it no longer matters. */
export async function untilReady(address: string, namespace: string, giveUp: AbortSignal): Promise<void> {
  const connection = Connection.lazy({ address });
  try {
    while (!giveUp.aborted) {
      const describe = () => connection.workflowService.describeNamespace({ namespace });
      const attempt = () => connection.withDeadline(Date.now() + attemptMs, describe);
      const answer = await connection.withAbortSignal(giveUp, attempt).catch(() => undefined);
      if (answer !== undefined) return;
      await sleep(pauseMs);
    }
  } finally {
    await connection.close();
  }
}
