// Compiles src/ to lib/ and bundles the workflow, so that the worker starts without a bundler.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { smallBundle } from './small-bundle.mjs';

const at = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

rmSync(at('lib'), { recursive: true, force: true });
const declared = declarations();
transpile();
const [code, bundled] = await Promise.all([declared, bundle()]);
if (code !== 0) process.exit(code);
// Last, since with-project.mjs takes a bundle for a finished build.
writeFileSync(at('lib/workflow-bundle.js'), bundled);

/** Checks the types, and writes the declarations, which keep the API's documentation. @returns the exit code */
async function declarations() {
  const args = [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.build.json')];
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  return code ?? 1;
}

/** File by file, beside the types, which take as long as all else. Comments are only useful in src/. */
function transpile() {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    removeComments: true,
  };
  for (const file of readdirSync(at('src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(readFileSync(at(`src/${file}`), 'utf8'), { compilerOptions });
    const made = at(`lib/${file.replace(/ts$/, 'js')}`);
    mkdirSync(path.dirname(made), { recursive: true });
    writeFileSync(made, outputText);
  }
}

async function bundle() {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { bundleOptions } = await import('../lib/worker/bundle.js');
  const { code } = await bundleWorkflowCode({ ...(await bundleOptions()), logger: new DefaultLogger('WARN') });
  const { version: sdkVersion } = createRequire(import.meta.url)('@temporalio/worker/package.json');
  writeFileSync(at('lib/workflow-bundle.json'), `${JSON.stringify({ sdkVersion })}\n`);
  return smallBundle(code, 'workflow-bundle.js');
}
