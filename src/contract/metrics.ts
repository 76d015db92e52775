import type { MetricMeter, MetricTags } from '@temporalio/common';

/** A metric as Prometheus shows it. Its unit ends its name. */
export interface Metric {
  readonly kind: 'counter' | 'histogram' | 'gauge';
  readonly name: string;
  readonly help: string;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

const counter = (name: string, help: string): Metric => ({ kind: 'counter', name, help });
const gauge = (name: string, help: string): Metric => ({ kind: 'gauge', name, help });
const histogram = (name: string, help: string, buckets: readonly number[]): Metric => ({
  kind: 'histogram',
  name,
  help,
  buckets,
});

/** From a second to 30 days, the longest `maxWait`. */
const WAIT_BUCKETS = [
  1, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400, 604_800, 2_592_000,
];

/** Every metric of this package. docs/metrics.md explains them. */
export const METRICS = {
  waitsOpen: gauge('redis_task_waits_open', 'Waits that run, as the server counts them for the whole task queue'),
  waitsEnded: counter('redis_task_waits_ended_total', 'Waits for a Redis task, by how they ended'),
  instanceWaitsEnded: counter('redis_task_instance_waits_ended_total', 'Waits for Redis instances, by how they ended'),
  waitsRunningOut: counter(
    'redis_task_waits_running_out_total',
    'Waits that poll next in the last tenth of their time, or at their deadline',
  ),
  submits: counter('redis_task_submits_total', 'Submits of changes, by what became of them'),
  waitDuration: histogram('redis_task_wait_duration_seconds', 'How long waits took, from start to end', WAIT_BUCKETS),
  detectionDelay: histogram(
    'redis_task_detection_delay_seconds',
    'By how much the end of a task can have been seen late: the time since a poll last saw it unfinished',
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600],
  ),
  polls: counter('redis_task_polls_total', 'Polls of a Redis task, by what they brought'),
  falseAlarms: counter(
    'redis_task_watch_false_alarms_total',
    'Polls of shared waits that found the task unfinished although the list did not show it',
  ),
  sweeps: counter('redis_task_watch_sweeps_total', 'Sweeps of the list of unfinished tasks, by what came of them'),
  listCalls: counter('redis_task_watch_list_calls_total', 'Calls of DescribeTaskList, each for at most 100 tasks'),
  tasksListed: gauge('redis_task_watch_tasks_listed', 'Unfinished tasks in the last sweep, waited for or not'),
  watchedWaits: gauge('redis_task_watch_waits', 'Open waits that depend on the watch, as the server lists them'),
  nextSweep: gauge(
    'redis_task_watch_next_sweep_timestamp_seconds',
    'When the tasks are to be listed next, Unix time; not after now where nobody lists them',
  ),
  requestDuration: histogram(
    'redis_task_api_request_duration_seconds',
    'How long the API took for one signed request, by what came of it',
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  ),
  errors: counter('redis_task_api_errors_total', 'Calls that brought no task, by class and code of the error'),
  turnWait: histogram(
    'redis_task_api_turn_wait_seconds',
    'How long a request waited in this process to keep its calls apart',
    [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  ),
  rateLimit: gauge('redis_task_api_rate_limit_calls_per_second', 'The configured rate of the whole fleet'),
  lastSuccess: gauge('redis_task_api_last_success_timestamp_seconds', 'When the API last described a task, Unix time'),
  clockSkew: gauge('redis_task_api_clock_skew_seconds', "How far this machine's clock is from the API's, either way"),
  credentialsExpiry: gauge(
    'redis_task_credentials_expiry_timestamp_seconds',
    'When the credentials in use expire, Unix time; 0 if they do not tell',
  ),
} as const satisfies Record<string, Metric>;

/**
 * The buckets of this package's histograms, for `histogramBucketOverrides` in the telemetry options of your own runtime. The
 * SDK's default buckets end where waits begin.
 */
export const REDIS_TASK_HISTOGRAM_BUCKETS: Readonly<Record<string, number[]>> = Object.fromEntries(
  Object.values<Metric>(METRICS).flatMap(({ name, buckets }) => (buckets ? [[parts(name).base, [...buckets]]] : [])),
);

/** Records one value: what to add to a counter, what a gauge shows now, or one observation of a histogram. */
export function record(meter: MetricMeter, { kind, name, help }: Metric, value: number, labels: MetricTags = {}): void {
  const { base, unit } = parts(name);
  switch (kind) {
    case 'counter':
      meter.createCounter(base, unit, help).add(value, labels);
      break;
    case 'histogram':
      meter.createHistogram(base, 'float', unit, help).record(value, labels);
      break;
    case 'gauge':
      meter.createGauge(name, 'float', unit, help).set(value, labels);
  }
}

/** The exporter adds the suffix of a counter, and the unit of a histogram. */
function parts(name: string): { readonly base: string; readonly unit: string } {
  const [, base = name, suffix = ''] = /^(.*)_(total|seconds)$/.exec(name) ?? [];
  return { base, unit: suffix === 'total' ? '' : suffix };
}

/** How something ended, as a label: `RedisTaskTimedOut` is `timed_out`, `RedisInstanceFailed` is `instance_failed`. */
export function outcomeLabel(ending: string): string {
  const name = ending.replace(/^Redis(Task)?/, '');
  return name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
