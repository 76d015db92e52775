// Compiles src/ to lib/ and bundles the workflow, so that the worker starts without a bundler.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

rmSync(at('lib'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
const { code } = await bundleWorkflowCode({
  workflowsPath: at('lib/workflows/await-redis-task.js'),
  logger: new DefaultLogger('WARN'),
});
writeFileSync(at('lib/workflow-bundle.js'), code);
