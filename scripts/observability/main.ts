/**
 * `npm run check alerts [-- --live]`: the unit tests of the Prometheus rules, and with `--live` each alert fired for real and
 * every query of the dashboard answered (scripts/observability/fire.ts; a few minutes).
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exitOnSignals } from '../../test/support/processes.js';
import { fireAlerts } from './fire.js';
import { needPrometheus, run } from './prometheus.js';
import { alertNames, missingSections } from './rules.js';

const { values } = parseArgs({ options: { live: { type: 'boolean', default: false } } });
exitOnSignals();
needPrometheus();

const folder = fileURLToPath(new URL('../../deploy/observability', import.meta.url));
run('promtool', ['check', 'rules', 'alerts.yml'], folder);
run('promtool', ['test', 'rules', 'alerts.test.yml'], folder);

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const missing = missingSections(runbook);
if (missing.length > 0) throw new Error(`docs/runbook.md has no section ${missing.join(', ')}`);
console.log(`docs/runbook.md has a section for each of ${alertNames().length} alerts`);

if (values.live) await fireAlerts();
