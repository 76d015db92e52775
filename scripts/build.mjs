// Compiles src/ to lib/ and bundles the workflow, so that the worker starts without a bundler.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { smallBundle } from './small-bundle.mjs';

const at = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

rmSync(at('lib'), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')], {
  stdio: 'inherit',
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

await stripComments();
await bundle();

/** The declarations keep the API's documentation; other comments are only useful in src/. */
async function stripComments() {
  const { default: ts } = await import('typescript');
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true };
  for (const file of readdirSync(at('lib'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const { outputText } = ts.transpileModule(readFileSync(at(`lib/${file}`), 'utf8'), { compilerOptions });
    writeFileSync(at(`lib/${file}`), outputText);
  }
}

/** Last, since with-project.mjs takes a bundle for a finished build. */
async function bundle() {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { bundleOptions } = await import('../lib/worker/bundle.js');
  const { code } = await bundleWorkflowCode({ ...(await bundleOptions()), logger: new DefaultLogger('WARN') });
  const { version: sdkVersion } = createRequire(import.meta.url)('@temporalio/worker/package.json');
  writeFileSync(at('lib/workflow-bundle.json'), `${JSON.stringify({ sdkVersion })}\n`);
  writeFileSync(at('lib/workflow-bundle.js'), await smallBundle(code, 'workflow-bundle.js'));
}
