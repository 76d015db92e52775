// Started by global-setup.js as a process of its own: starts one dev server for the whole run, finds the time-skipping
// server, bundles workflows for the tests, says where all this is, and ends when its stdin does. A pipe closes with whoever
// holds its other end, however that ended: no server outlives the run.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { smallBundle } from '../../scripts/small-bundle.mjs';
import { startDevServer } from '../../src/engine/index.js';
import { ONE_PARTITION } from './one-partition.js';
import { findTestServer } from './test-server.js';

type WebpackConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

// Ctrl-C reaches the whole process group; the closing pipe is what counts.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.stdin.resume().once('end', () => process.exit());

const folder = mkdtempSync(path.join(tmpdir(), 'redis-task-tests-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const [devServer, timeSkipping, workflows, bundler] = await Promise.all([
  startDevServer({ ui: true, ...ONE_PARTITION }),
  findTestServer(),
  bundleOf({ workflowsPath: fileURLToPath(new URL('../workflows/parents.ts', import.meta.url)) }),
  startBundler(),
]);
const found = {
  TEST_DEV_SERVER_ADDRESS: devServer.address,
  TEST_DEV_SERVER_UI: devServer.uiUrl,
  TEST_TIME_SKIPPING_SERVER: timeSkipping,
  TEST_WORKFLOW_BUNDLE: workflows,
  TEST_BUNDLER: bundler,
};
console.log(JSON.stringify(found));

/** Bundles what it is asked for. In each test file the bundler would have to be loaded first, which jest makes slow. */
async function startBundler(): Promise<string> {
  const bundles = new Map<string, Promise<string>>();
  const bundleOnce = (asked: string) => {
    const bundle = bundles.get(asked) ?? bundleOf(JSON.parse(asked) as BundleOptions);
    bundles.set(asked, bundle);
    return bundle;
  };
  const server = createServer((request, response) => {
    text(request)
      .then(bundleOnce)
      .then(
        (file) => response.end(file),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What all workflows of a worker share, as in the bundle of the package: each would load its own, which takes longer than it runs. */
async function sharedModules(): Promise<string[]> {
  const source = fileURLToPath(new URL('../../src', import.meta.url));
  const all = await readdir(path.join(source, 'contract'), { recursive: true });
  const contract = all.filter((name) => name.endsWith('.ts'));
  return ['workflows/short-stacks.ts', ...contract.map((name) => `contract/${name}`)].map((name) =>
    path.join(source, name),
  );
}

/** Makes a bundle. @returns its file */
async function bundleOf(options: BundleOptions): Promise<string> {
  const file = path.join(folder, `${randomUUID()}.js`);
  const logger = new DefaultLogger('WARN');
  const preloadModules = await sharedModules();
  const { code } = await bundleWorkflowCode({ ...options, preloadModules, logger, webpackConfigHook: withoutMaps });
  writeFileSync(file, await smallBundle(code, path.basename(file)));
  return file;
}

/** The small bundle has no source map, which takes a fifth of the bundler's time. */
function withoutMaps(config: WebpackConfig): WebpackConfig {
  const { rules = [], ...others } = config.module ?? {};
  const kept = rules.filter((rule) => !JSON.stringify(rule).includes('source-map-loader'));
  return { ...config, devtool: false, module: { ...others, rules: kept } };
}
