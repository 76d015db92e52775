/**
 * `npm run check NAME [ARGUMENTS]`: one of the checks beside the tests, which install packages or need other tools.
 * `npm run check` alone lists them.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** For each name what it checks, and the programs that do it. */
const CHECKS: Readonly<Record<string, readonly [about: string, ...files: string[]]>> = {
  package: ['publint, Are The Types Wrong, the packed size', 'scripts/consumers/check-package.ts'],
  consumers: ['the packed package in empty projects', 'scripts/consumers/main.ts'],
  versions: ['the packed package on each version of Node, Temporal SDK and server', 'scripts/versions/main.ts'],
  compose: ['docker-compose.yml against the Compose Specification (needs Go)', 'scripts/rehearse/check-compose.ts'],
  workflows: ['.github/workflows by actionlint (needs Go)', 'scripts/release/check-workflows.ts'],
  audit: ['known vulnerabilities of what an installation brings along', 'scripts/audit/main.ts'],
  parents: ['parents in TypeScript, Go, Python and Java', 'scripts/parents/main.ts'],
  decoder: ['every failure as Python sees it', 'test/decoder/python/main.ts'],
  alerts: ['the Prometheus rules; with --live, each alert fired for real', 'scripts/observability/main.ts'],
  runbook: ['the procedures of docs/runbook.md', 'scripts/runbook/main.ts'],
  kubernetes: ['deploy/kubernetes by the schemas of Kubernetes and KEDA', 'scripts/kubernetes/main.ts'],
  ui: ['Temporal UI in a browser, on waits in every state', 'scripts/ui/main.ts'],
  steady: ['npm test idle, beside four busy loops and on one core; minutes each', 'scripts/steady/main.ts'],
  docs: ['the documentation site in a browser: links, anchors, search, screens', 'scripts/docs/main.ts'],
  examples: [
    'the tests of examples/provisioning, and the examples of the plugin and of Nexus',
    'scripts/consumers/provisioning.ts',
    'examples/plugin/main.ts',
    'examples/nexus/main.ts',
  ],
};

/** What a check needs that the demo does not: packages of their own, which `scripts/with-project.mjs` installs. */
const TOOLS: Readonly<Record<string, string>> = {
  package: 'scripts/release',
  alerts: 'scripts/observability',
  ui: 'scripts/ui',
  docs: 'docs,scripts/ui',
};

const at = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const [name = '', ...args] = process.argv.slice(2);
const [, ...files] = CHECKS[name] ?? [];
if (files.length === 0) {
  for (const [each, [about]] of Object.entries(CHECKS)) console.log(`npm run check ${each.padEnd(10)} # ${about}`);
  process.exit(name === '' ? 0 : 2);
}
const tools = TOOLS[name];
const withTools = tools === undefined ? [] : ['--with', tools];
for (const file of files) {
  const program = [at('scripts/with-project.mjs'), ...withTools, '--import', 'tsx', at(file), ...args];
  const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
