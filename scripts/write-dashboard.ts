/** Writes deploy/observability/dashboard.json, by Grafana's own builder and its types. */
import { writeFileSync } from 'node:fs';
import { formatJson } from './lint/format.js';
import { buildDashboard } from './observability/dashboard.js';

const file = new URL('../deploy/observability/dashboard.json', import.meta.url);
writeFileSync(file, await formatJson(buildDashboard()));
