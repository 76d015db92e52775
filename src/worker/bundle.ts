import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import {
  type BundleOptions,
  type BundlerPlugin,
  bundleWorkflowCode,
  DefaultLogger,
  type Logger,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { ConfigError } from '../tencent/config-error.js';
import type { RedisTaskWorkerOptions } from './options.js';

const LIB = new URL('../', import.meta.url);

/** What a bundle contains besides the workflow. */
export type BundleExtras = Partial<Omit<BundleOptions, 'workflowsPath' | 'logger'>>;

/**
 * Loads the workflow bundle. The one from the build starts a second faster, but contains one exact version of
 * `@temporalio/workflow`, which may not work with another version of `@temporalio/worker`, and nothing of the worker's
 * owner. So with another SDK, or with extras, the workflow is bundled again.
 *
 * @param lib - the folder that `scripts/build.mjs` has written
 * @throws ConfigError when no matching bundle can be made
 */
export async function loadWorkflowBundle(
  log: Logger,
  extras: BundleExtras = {},
  lib = LIB,
  installed = installedVersions(),
): Promise<WorkflowBundleOption> {
  const facts = await readFile(new URL('workflow-bundle.json', lib), 'utf8');
  const { sdkVersion: builtWith } = JSON.parse(facts) as { sdkVersion: string };
  const { worker, workflow } = installed;
  const because = reasonToBundle(extras, builtWith, worker);
  if (because === undefined) return { codePath: fileURLToPath(new URL('workflow-bundle.js', lib)) };
  if (worker !== workflow) {
    throw new ConfigError(
      `needs the packages of the Temporal SDK in one version, but @temporalio/worker is ${worker} and ` +
        `@temporalio/workflow is ${workflow}: run npm install @temporalio/workflow@${worker}`,
    );
  }
  const startedAt = performance.now();
  // The bundler's own messages matter only when it fails.
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => void log.log(level, message, meta));
  const bundle = await bundleOptions(lib)
    .then((options) => bundleWorkflowCode({ ...options, ...extras, logger }))
    .catch((error: unknown) => {
      throw new ConfigError(`cannot bundle the workflow: ${(error as Error).message}`);
    });
  const tookMs = Math.round(performance.now() - startedAt);
  log.info(`Bundled the workflow again: ${because}`, { builtWith, installed: worker, tookMs });
  return bundle;
}

/** What the options of a worker add to the bundle. */
export function bundleExtras({
  connection,
  dataConverter,
  interceptors,
  plugins = [],
}: RedisTaskWorkerOptions): BundleExtras {
  const { payloadConverterPath, failureConverterPath } = dataConverter ?? {};
  const workflowInterceptorModules = interceptors?.workflowModules ?? [];
  const bundlers = [...plugins, ...(connection?.plugins ?? [])].filter(configuresBundler);
  return {
    ...(payloadConverterPath !== undefined && { payloadConverterPath }),
    ...(failureConverterPath !== undefined && { failureConverterPath }),
    ...(workflowInterceptorModules.length > 0 && { workflowInterceptorModules }),
    ...(bundlers.length > 0 && { plugins: bundlers }),
  };
}

/** Temporal's types do not say that a plugin may be one of the bundler too. */
function configuresBundler(plugin: object): plugin is BundlerPlugin {
  return 'configureBundler' in plugin;
}

function reasonToBundle(extras: BundleExtras, builtWith: string, installed: string): string | undefined {
  if (builtWith !== installed) return 'the package was built with another version of the Temporal SDK';
  const names = Object.keys(extras);
  return names.length > 0 ? `it has to contain ${names.join(', ')}` : undefined;
}

/**
 * What to bundle. The modules of the contract keep nothing of a workflow, so that all workflows of a worker can share
 * them: otherwise each would have its own copy of all schemas in memory.
 *
 * @param lib - the folder of the compiled package
 */
export async function bundleOptions(lib = LIB): Promise<BundleOptions> {
  const fileOf = (name: string) => fileURLToPath(new URL(name, lib));
  const contract = (await readdir(fileOf('contract'), { recursive: true })).filter((name) => name.endsWith('.js'));
  return {
    workflowsPath: fileOf('workflows/served.js'),
    preloadModules: [fileOf('workflows/short-stacks.js'), ...contract.map((name) => fileOf(`contract/${name}`))],
    // Valibot is one large module, of which little is used. What is preloaded is not used by name, and must stay.
    webpackConfigHook: (config) => ({ ...config, optimization: { usedExports: true, sideEffects: false } }),
  };
}

/** Of the package that runs a bundle, and of the one that is bundled. */
function installedVersions() {
  const require = createRequire(import.meta.url);
  const version = (name: string) => (require(`${name}/package.json`) as { version: string }).version;
  return { worker: version('@temporalio/worker'), workflow: version('@temporalio/workflow') };
}
