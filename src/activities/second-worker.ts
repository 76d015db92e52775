/** Two workers of one process want the same work over one connection. Waiting repairs nothing. */
export class SecondWorkerError extends Error {
  override readonly name = 'SecondWorkerError';
}

/** The SDK's refusal in words that say what to do. @param taskQueue - the queue that is served already */
export function refusedAsSecond(taskQueue: string): (error: unknown) => never {
  return (error) => {
    if (!/multiple workers/i.test(String(error))) throw error;
    throw new SecondWorkerError(
      `A worker of this process takes tasks from ${taskQueue} already: serve the waits of a task queue once per process, by RedisTaskPlugin or runRedisTaskWorker, and start no worker of your own on ${taskQueue}`,
      { cause: error },
    );
  };
}
