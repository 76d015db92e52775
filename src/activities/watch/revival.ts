import { Runtime } from '@temporalio/worker';
import { METRICS, record } from '../../contract/metrics.js';
import { type OpenWaitsList, watchedOf } from '../../parents/open-waits.js';
import type { Watches } from './watches.js';

/** A watch that is gone runs again within twice this time. */
const LOOK_EVERY_MS = 30_000;

/**
 * Starts the watches that open waits have joined and that are gone: terminated, for example, or deleted. Shows how many
 * waits have joined each, also in a process that sweeps none: an alert compares it with what is swept.
 *
 * @returns ends it
 */
export function keepWatches(openWaits: OpenWaitsList, watches: Watches, lookEveryMs = LOOK_EVERY_MS): () => void {
  const { namespace, taskQueue } = watches;
  const meter = Runtime.instance().metricMeter.withTags({ namespace, taskQueue });
  const shown = new Set<string>();
  const look = async () => {
    try {
      const watched = watchedOf(await openWaits.list(openWaits.servesMs()));
      const joined = new Map([...shown].map((region) => [region, 0]));
      for (const { region } of watched) joined.set(region, (joined.get(region) ?? 0) + 1);
      for (const [region, count] of joined) {
        shown.add(region);
        record(meter, METRICS.watchedWaits, count, { region });
      }
      for (const [region, count] of joined) if (count > 0) await watches.start(region);
    } catch (error) {
      Runtime.instance().logger.debug('The watches of shared waits cannot be looked up', { taskQueue, error });
    }
  };
  void look();
  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return () => clearInterval(timer);
}
