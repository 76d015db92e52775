import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import pRetry from 'p-retry';

/** Resolves once the server at an address takes a new workflow, so that its database writes too. */
export function untilWritten(address: string): Promise<void> {
  const attempt = async () => {
    // A connection of its own: an older one would first wait before it connects again.
    const connection = await Connection.connect({ address, connectTimeout: '1s' });
    try {
      const { workflow } = new Client({ connection });
      const start = { taskQueue: 'nobody', workflowId: `rehearsal-${randomUUID()}` };
      const handle = await connection.withDeadline(Date.now() + 2_000, () => workflow.start('nothing', start));
      await handle.terminate();
    } finally {
      await connection.close();
    }
  };
  return pRetry(attempt, { retries: 600, minTimeout: 100, factor: 1 });
}
