/** Writes deploy/observability/dashboard.json, by Grafana's own builder and its types. */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { buildDashboard } from './observability/dashboard.js';

const file = new URL('../deploy/observability/dashboard.json', import.meta.url);
writeFileSync(file, await format(JSON.stringify(buildDashboard()), { parser: 'json', printWidth: 120 }));
