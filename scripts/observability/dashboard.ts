import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** A query, and what to call its lines. */
type Query = readonly [expr: string, legend: string];

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const OURS = 'namespace=~"$namespace",taskQueue=~"$taskQueue"';
const CALLS = 'namespace=~"$namespace",task_queue=~"($taskQueue)-api"';
const TEMPORAL = 'namespace=~"$namespace",task_queue=~"($taskQueue)(-api)?"';
const PER_INTERVAL = '[$__rate_interval]';

const rows: Readonly<Record<string, readonly PanelBuilder[]>> = {
  'Is it working?': [
    panel('Open waits', 'short', [`max by (taskQueue) (redis_task_waits_open{${OURS}})`, '{{taskQueue}}']),
    panel('Waits ended, per minute', 'short', [
      `sum by (outcome) (rate(redis_task_waits_ended_total{${OURS}}${PER_INTERVAL})) * 60`,
      '{{outcome}}',
    ]),
    panel('Polls, per second', 'reqps', [
      `sum by (outcome) (rate(redis_task_polls_total{${OURS}}${PER_INTERVAL}))`,
      '{{outcome}}',
    ]),
    panel('Time since a call last brought a task', 's', [
      `time() - max by (taskQueue) (redis_task_api_last_success_timestamp_seconds{${OURS}})`,
      '{{taskQueue}}',
    ]),
    panel('Workers: open polls for work', 'short', [
      `sum by (task_queue) (temporal_num_pollers{${TEMPORAL}})`,
      '{{task_queue}}',
    ]),
    panel('Failed workflow tasks, per minute', 'short', [
      `sum by (failure_reason) (rate(temporal_workflow_task_execution_failed_total{${TEMPORAL}}${PER_INTERVAL})) * 60`,
      '{{failure_reason}}',
    ]),
  ],
  'How late?': [
    panel('Ends of tasks seen late by, at most', 's', ...quantiles('redis_task_detection_delay_seconds', OURS)),
    panel('Calls in the task queue', 's', ...quantiles('temporal_activity_schedule_to_start_latency_seconds', CALLS)),
    panel('Requests waiting for their turn in a worker', 's', ...quantiles('redis_task_api_turn_wait_seconds', OURS)),
    panel('Duration of waits', 's', ...quantiles('redis_task_wait_duration_seconds', OURS)),
    panel(
      'Shared waits: watched, and per minute',
      'short',
      [`max by (taskQueue, region) (redis_task_watch_waits{${OURS}})`, 'watched, {{taskQueue}} {{region}}'],
      [`sum by (outcome) (rate(redis_task_watch_sweeps_total{${OURS}}${PER_INTERVAL})) * 60`, 'sweeps, {{outcome}}'],
      [`sum(rate(redis_task_watch_false_alarms_total{${OURS}}${PER_INTERVAL})) * 60`, 'false alarms'],
    ),
  ],
  'The API: who throttles, what fails?': [
    panel(
      'Requests, per second',
      'reqps',
      [
        `sum by (taskQueue) (rate(redis_task_api_request_duration_seconds_count{${OURS}}${PER_INTERVAL}))`,
        'made, {{taskQueue}}',
      ],
      [`max by (taskQueue) (redis_task_api_rate_limit_calls_per_second{${OURS}})`, 'limit, {{taskQueue}}'],
      [
        `sum by (taskQueue) (rate(redis_task_api_errors_total{${OURS},class="throttled"}${PER_INTERVAL}))`,
        'throttled, {{taskQueue}}',
      ],
    ),
    panel('Time of a request', 's', ...quantiles('redis_task_api_request_duration_seconds', OURS)),
    panel('Calls without a task, per second', 'reqps', [
      `sum by (class, code) (rate(redis_task_api_errors_total{${OURS}}${PER_INTERVAL}))`,
      '{{class}} {{code}}',
    ]),
  ],
  'Credentials and clock': [
    panel('Temporary keys end in', 's', [
      `(redis_task_credentials_expiry_timestamp_seconds{${OURS}} > 0) - time()`,
      '{{instance}} {{source}}',
    ]),
    panel('Workers by source of their credentials', 'short', [
      `count by (source) (redis_task_credentials_expiry_timestamp_seconds{${OURS}})`,
      '{{source}}',
    ]),
    panel('Distance of the clock from the API', 's', [`redis_task_api_clock_skew_seconds{${OURS}}`, '{{instance}}']),
  ],
};

/** The dashboard as Grafana imports it. */
export function buildDashboard() {
  // The newer schema is read by the newest Grafana only.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const dashboard = new DashboardBuilder('Redis task waits')
    .uid('temporal-tencent-redis')
    .tags(['temporal', 'redis'])
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(labelVariable('namespace', 'label_values(redis_task_waits_open, namespace)'))
    .withVariable(
      labelVariable('taskQueue', 'label_values(redis_task_waits_open{namespace=~"$namespace"}, taskQueue)'),
    );
  for (const [title, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(title));
    for (const each of panels) dashboard.withPanel(each);
  }
  return dashboard.build();
}

function panel(title: string, unit: string, ...queries: readonly Query[]): PanelBuilder {
  const made = new PanelBuilder().title(title).unit(unit).min(0).height(7).span(8).datasource(DATASOURCE);
  for (const [index, [expr, legend]] of queries.entries()) {
    made.withTarget(new DataqueryBuilder().refId('ABC'.charAt(index)).expr(expr).legendFormat(legend));
  }
  return made;
}

function quantiles(histogram: string, labels: string): Query[] {
  return [0.5, 0.95].map((quantile) => [
    `histogram_quantile(${quantile}, sum by (le) (rate(${histogram}_bucket{${labels}}${PER_INTERVAL})))`,
    `${quantile * 100} %`,
  ]);
}

function labelVariable(name: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name).query(query).datasource(DATASOURCE).includeAll(true).allValue('.+').multi(true);
}
