import { setTimeout as sleep } from 'node:timers/promises';
import { Stage } from '../../test/support/stage.js';
import { buildDashboard } from './dashboard.js';
import { type Fault, startFaults } from './faults.js';
import { Prometheus } from './prometheus.js';
import { alertNames, hurriedRules } from './rules.js';

const PATIENCE_MS = 240_000;
const SECOND_MS = 1_000;

/** Makes every alert fire, with real workers, a real server and a real Prometheus. @throws Error when one does not */
export async function fireAlerts(): Promise<void> {
  const stage = await Stage.start();
  let prometheus: Prometheus | undefined;
  try {
    console.log('Starting a worker for each fault …');
    const faults = await startFaults(stage);
    prometheus = await Prometheus.start(
      faults.map(({ target }) => target),
      hurriedRules(),
    );
    for (const { begin } of faults) begin?.();
    const [good, ...others] = faults as [Fault, ...Fault[]];
    for (const { alerts, queue } of others) for (const alert of alerts) await untilFiring(prometheus, alert, queue);
    await checkDashboard(prometheus);
    await checkQuiet(prometheus, good.queue);
    await good.worker?.kill();
    for (const alert of good.alerts) await untilFiring(prometheus, alert);

    const tried = faults.flatMap(({ alerts }) => alerts);
    const untried = alertNames().filter((name) => !tried.includes(name));
    if (untried.length > 0) throw new Error(`No fault makes ${untried.join(', ')} fire`);
  } finally {
    await prometheus?.stop();
    await stage.close();
  }
}

/** @param queue - of the waits, which the alert must name, if any */
async function untilFiring(prometheus: Prometheus, alert: string, queue?: string): Promise<void> {
  const beganAt = Date.now();
  while (!(await firing(prometheus, queue)).includes(alert)) {
    if (Date.now() - beganAt > PATIENCE_MS) throw new Error(`${alert} does not fire for ${queue ?? 'no queue'}`);
    await sleep(SECOND_MS);
  }
  console.log(`fired: ${alert}${queue === undefined ? '' : ` on ${queue}`}`);
}

/** The alerts that fire for a queue of waits, or for none. */
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

/** Every query of the dashboard must have data. */
async function checkDashboard(prometheus: Prometheus): Promise<void> {
  const panels = (buildDashboard().panels ?? []) as { title?: string; targets?: { expr: string }[] }[];
  const queries = panels.flatMap(({ title = '', targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
  for (const { title, expr } of queries) {
    const asked = expr
      .replaceAll('$__rate_interval', '20s')
      .replaceAll('$namespace', '.+')
      .replaceAll('$taskQueue', '.+');
    const values = await prometheus.query(asked);
    if (!values.some(Number.isFinite)) throw new Error(`The panel "${title}" shows nothing: ${asked}`);
  }
  console.log(`dashboard: ${queries.length} queries of ${panels.length} panels and rows have data`);
}
