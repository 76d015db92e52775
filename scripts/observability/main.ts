/**
 * `npm run check alerts [-- --live [ALERT…]]`: the unit tests of the Prometheus rules. With `--live` each alert, or those named,
 * is made to fire for real, and every query of the dashboard must have data. That takes a few minutes.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { exitOnSignals } from '../../test/support/processes.js';
import { buildDashboard } from './dashboard.js';
import { fireAlerts } from './fire.js';
import { needPrometheus, run } from './prometheus.js';
import { alertNames, missingSections } from './rules.js';

const { values, positionals } = parseArgs({
  options: { live: { type: 'boolean', default: false } },
  allowPositionals: true,
});
exitOnSignals();
needPrometheus();

const folder = fileURLToPath(new URL('../../deploy/observability', import.meta.url));
run('promtool', ['check', 'config', 'prometheus.yml'], folder);
run('promtool', ['test', 'rules', 'alerts.test.yml'], folder);

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const missing = missingSections(runbook);
if (missing.length > 0) throw new Error(`docs/runbook.md has no section ${missing.join(', ')}`);
console.log(`docs/runbook.md has a section for each of ${alertNames().length} alerts`);

const dashboard = JSON.parse(readFileSync(`${folder}/dashboard.json`, 'utf8')) as unknown;
if (!isDeepStrictEqual(dashboard, JSON.parse(JSON.stringify(buildDashboard())))) {
  throw new Error('deploy/observability/dashboard.json is old: scripts/write-dashboard.ts writes it');
}

if (values.live) await fireAlerts(positionals);
