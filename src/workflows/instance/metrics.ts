import { metricMeter } from '@temporalio/workflow';
import type { InstanceWaitEnding } from '../../contract/instance/view.js';
import { METRICS, outcomeLabel, record } from '../../contract/metrics.js';

/** Counts the end of a wait for instances. */
export function countInstanceWait(ending: InstanceWaitEnding): void {
  record(metricMeter, METRICS.instanceWaitsEnded, 1, { outcome: outcomeLabel(ending) });
}
