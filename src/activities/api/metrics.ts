import { Context } from '@temporalio/activity';
import type { MetricTags } from '@temporalio/common';
import { queueOfWaits } from '../../contract/ids.js';
import { type Metric, METRICS, record } from '../../contract/metrics.js';
import type { TencentApiError } from '../../tencent/errors.js';
import type { CallObserver } from '../../tencent/redis-api.js';
import { pollErrorClassOf } from './poll-failure.js';

/** So many codes have a name of their own: whatever an answer holds, the label stays small. */
const CODES_MAX = 100;

/** What the API and this package use. */
const CODE = /^[A-Za-z]\w{0,39}(\.\w{1,60}){0,2}$/;

/** Measures the calls that the activities of this process make. */
export class ApiMetrics implements CallObserver {
  private readonly codes = new Set<string>();
  /** How far the API's clock is ahead of this machine's, by the last answer. */
  clockSkewMs = 0;

  waitedForTurn(ms: number): void {
    recordOfProcess(METRICS.turnWait, ms / 1_000);
  }

  requested(outcome: string, tookMs: number): void {
    recordOfProcess(METRICS.requestDuration, tookMs / 1_000, { outcome });
  }

  comparedClocks(skewMs: number): void {
    this.clockSkewMs = skewMs;
    recordOfProcess(METRICS.clockSkew, Math.abs(skewMs) / 1_000);
  }

  loadedKey(source: string, expiresAtMs: number | undefined): void {
    recordOfProcess(METRICS.credentialsExpiry, (expiresAtMs ?? 0) / 1_000, { source });
  }

  succeeded(): void {
    recordOfProcess(METRICS.lastSuccess, Date.now() / 1_000);
  }

  failed(error: TencentApiError): void {
    recordOfProcess(METRICS.errors, 1, { class: pollErrorClassOf(error), code: this.label(error.code) });
  }

  private label(code: string): string {
    if (this.codes.has(code)) return code;
    if (this.codes.size >= CODES_MAX || !CODE.test(code)) return 'other';
    this.codes.add(code);
    return code;
  }
}

/** Records with the queue of the waits as label, as their workflows do, and for all activities of the process together. */
export function recordOfProcess(metric: Metric, value: number, labels: MetricTags = {}): void {
  const { metricMeter, info } = Context.current();
  // Undefined takes the SDK's own label away.
  const own = { taskQueue: queueOfWaits(info.taskQueue), activityType: undefined } as unknown as MetricTags;
  record(metricMeter, metric, value, { ...labels, ...own });
}
