import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type Logger, type WorkflowBundleOption } from '@temporalio/worker';
import { ConfigError } from './config-error.js';

const LIB = new URL('../', import.meta.url);

/** The versions of the installed SDK that a bundle depends on: of what runs it, and of what is bundled into it. */
export interface SdkVersions {
  readonly worker: string;
  readonly workflow: string;
}

/**
 * The workflow as a bundle. The one that was made at build time saves a second at start, but it holds the workflow half
 * of one exact version of the SDK, while an application may install any version in the peer range. The halves of two
 * versions may not understand each other, and that would show in the middle of a wait. So where the versions differ, the
 * bundle is made again from `lib/workflows`, with the SDK that is installed: refusing would tie every user of the
 * package to the version it happened to be built with.
 *
 * @param lib - where `scripts/build.mjs` has left the bundle, its version and the workflows
 * @throws ConfigError when no bundle can be made that fits
 */
export async function loadWorkflowBundle(
  log: Logger,
  lib = LIB,
  installed: SdkVersions = installedVersions(),
): Promise<WorkflowBundleOption> {
  const { sdkVersion } = JSON.parse(await readFile(new URL('workflow-bundle.json', lib), 'utf8')) as BundleFacts;
  if (sdkVersion === installed.worker) return { codePath: fileURLToPath(new URL('workflow-bundle.js', lib)) };

  requireOneVersion(installed);
  const startedAt = performance.now();
  const bundle = await makeBundle(fileURLToPath(new URL('workflows/await-redis-task.js', lib)), log);
  log.info('Bundled the workflow again: the package was built with another version of the Temporal SDK', {
    builtWith: sdkVersion,
    installed: installed.worker,
    tookMs: Math.round(performance.now() - startedAt),
  });
  return bundle;
}

/** `lib/workflow-bundle.json`. */
interface BundleFacts {
  readonly sdkVersion: string;
}

function requireOneVersion({ worker, workflow }: SdkVersions): void {
  if (worker === workflow) return;
  throw new ConfigError(
    `needs the packages of the Temporal SDK in one version, but @temporalio/worker is ${worker} and ` +
      `@temporalio/workflow is ${workflow}: run npm install @temporalio/workflow@${worker}`,
  );
}

async function makeBundle(workflowsPath: string, log: Logger): Promise<WorkflowBundleOption> {
  // The bundler tells at length how it went, which only matters when it did not.
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => void log.log(level, message, meta));
  try {
    return await bundleWorkflowCode({ workflowsPath, logger });
  } catch (error) {
    throw new ConfigError(`cannot bundle the workflow for the installed Temporal SDK: ${(error as Error).message}`);
  }
}

function installedVersions(): SdkVersions {
  const require = createRequire(import.meta.url);
  const version = (name: string) => (require(`${name}/package.json`) as { version: string }).version;
  return { worker: version('@temporalio/worker'), workflow: version('@temporalio/workflow') };
}
