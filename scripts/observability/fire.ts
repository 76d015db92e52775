import { setTimeout as sleep } from 'node:timers/promises';
import { Stage } from '../../test/support/stage.js';
import { buildDashboard } from './dashboard.js';
import { FAULTS, startHealthy } from './faults.js';
import { Prometheus } from './prometheus.js';
import { alertNames, hurriedRules } from './rules.js';

/** Fired last, by killing the worker with nothing wrong. */
const NO_WORKER = 'RedisTaskNoWorker';

const PATIENCE_MS = 240_000;
const SECOND_MS = 1_000;

/**
 * Makes alerts fire, with real workers, a real server and a real Prometheus.
 *
 * @param only - these alerts; all of them, and the queries of the dashboard, if it is empty
 * @throws Error when one does not fire
 */
export async function fireAlerts(only: readonly string[]): Promise<void> {
  const untried = alertNames().filter((name) => name !== NO_WORKER && !(name in FAULTS));
  if (untried.length > 0) throw new Error(`No fault makes ${untried.join(', ')} fire`);
  const wanted = Object.entries(FAULTS).filter(([alert]) => only.length === 0 || only.includes(alert));
  const stage = await Stage.start();
  let prometheus: Prometheus | undefined;
  try {
    console.log('Starting a worker for each fault …');
    const healthy = await startHealthy(stage);
    const faults = [];
    for (const [alert, start] of wanted) faults.push({ alert, ...(await start(stage)) });
    const targets = [healthy, ...faults].map(({ target }) => target);
    prometheus = await Prometheus.start(targets, hurriedRules());
    for (const { begin } of faults) begin?.();
    await healthy.begin();

    for (const { alert, queue } of faults) await untilFiring(prometheus, alert, queue);
    if (only.length === 0) await checkDashboard(prometheus);
    await checkQuiet(prometheus, healthy.queue);
    await healthy.worker?.kill();
    await untilFiring(prometheus, NO_WORKER);
  } finally {
    await prometheus?.stop();
    await stage.close();
  }
}

/** @param queue - of the waits, which the alert must name, if any */
async function untilFiring(prometheus: Prometheus, alert: string, queue?: string): Promise<void> {
  const beganAt = Date.now();
  while (!(await firing(prometheus, queue)).includes(alert)) {
    if (Date.now() - beganAt > PATIENCE_MS) throw new Error(`${alert} does not fire for ${queue ?? 'any queue'}`);
    await sleep(SECOND_MS);
  }
  console.log(`fired: ${alert}${queue === undefined ? '' : ` on ${queue}`}`);
}

/** The alerts that fire for a queue of waits, or for any. */
async function firing(prometheus: Prometheus, queue?: string): Promise<string[]> {
  const alerts = await prometheus.alerts();
  const isFor = ({ taskQueue, task_queue: other }: Readonly<Record<string, string>>) =>
    queue === undefined || [taskQueue, other?.replace(/-api$/, '')].includes(queue);
  return alerts
    .filter(({ state, labels }) => state === 'firing' && isFor(labels))
    .map(({ labels }) => labels['alertname'] ?? '');
}

/** The worker with nothing wrong must not be blamed. */
async function checkQuiet(prometheus: Prometheus, queue: string): Promise<void> {
  const blamed = await firing(prometheus, queue);
  if (blamed.length > 0) throw new Error(`${blamed.join(', ')} fires for ${queue}, where nothing is wrong`);
  console.log(`quiet: nothing fires on ${queue}`);
}

/** Some rates need two scrapes of what has just begun. */
const SHOWS_WITHIN_MS = 60_000;

/** Every query of the dashboard must have data. */
async function checkDashboard(prometheus: Prometheus): Promise<void> {
  const panels = (buildDashboard().panels ?? []) as { title?: string; targets?: { expr: string }[] }[];
  const queries = panels.flatMap(({ title = '', targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  for (const { title, expr } of queries) {
    const asked = expr
      .replaceAll('$__rate_interval', '30m')
      .replaceAll('$namespace', '.+')
      .replaceAll('$taskQueue', '.+');
    const givesUpAt = performance.now() + SHOWS_WITHIN_MS;
    while (!(await prometheus.query(asked)).some(Number.isFinite)) {
      if (performance.now() > givesUpAt) throw new Error(`The panel "${title}" shows nothing: ${asked}`);
      await sleep(1_000);
    }
  }
  console.log(`dashboard: ${queries.length} queries have data`);
}
