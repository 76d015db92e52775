import { Runtime, type Worker } from '@temporalio/worker';
import { queueOfWaits, waitsQuery } from '../contract/ids.js';
import { METRICS, record } from '../contract/metrics.js';

/** Each count is one request to the server, from each worker. */
const COUNT_EVERY_MS = 30_000;

/**
 * Shows how many waits are open, and at what rate they may call. The server counts: a wait moves between workers, out of
 * their caches and on to a new run, so that no sum over workers is right for long.
 *
 * @param counted - told of each count of the open waits
 * @returns ends it
 */
export function showGauges(calls: Worker, counted: (openWaits: number) => void): () => void {
  const { namespace, taskQueue: apiQueue, maxTaskQueueActivitiesPerSecond } = calls.options;
  const taskQueue = queueOfWaits(apiQueue);
  const meter = Runtime.instance().metricMeter.withTags({ namespace, taskQueue });
  const query = waitsQuery(taskQueue, ['Running']);
  const show = async (): Promise<void> => {
    record(meter, METRICS.rateLimit, maxTaskQueueActivitiesPerSecond ?? 0);
    try {
      const { count } = (await calls.client?.workflow.count(query)) ?? {};
      if (count === undefined) return;
      record(meter, METRICS.waitsOpen, count);
      counted(count);
    } catch (error) {
      // The last count stays: a server that does not answer has metrics of its own.
      Runtime.instance().logger.debug('The open waits cannot be counted', { taskQueue, error });
    }
  };
  void show();
  const timer = setInterval(() => void show(), COUNT_EVERY_MS).unref();
  return () => clearInterval(timer);
}
