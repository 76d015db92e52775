import type { Logger, Worker, WorkerPlugin } from '@temporalio/worker';

/** What the SDK warns of when a worker starts that has one kind of work alone, which each of ours has. */
const EXPECTED = /^No (workflows|activities) registered, not polling for/;

/** A healthy start writes no warning. The SDK has no setting for that: its workers log by a field that is not public. */
export const HEALTHY_START: WorkerPlugin = {
  name: 'temporal-tencent-redis.HealthyStart',
  runWorker(worker, next) {
    leaveOut(EXPECTED, worker);
    return next(worker);
  },
};

function leaveOut(expected: RegExp, worker: Worker): void {
  const { logger } = worker as unknown as { readonly logger?: Logger };
  if (!logger) return;
  const warn: Logger['warn'] = (message, meta) => {
    if (!expected.test(message)) logger.warn(message, meta);
  };
  Object.defineProperty(worker, 'logger', { value: Object.assign(Object.create(logger) as Logger, { warn }) });
}
