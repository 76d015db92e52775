import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { SEARCH_ATTRIBUTE_NAMES } from '../../src/contract/search-attributes.js';
import { type DevServerOptions, startDevServer } from '../../src/engine/index.js';
import './connections.js';
import { ONE_PARTITION } from './one-partition.js';
import { keepSkipping, tellWhatHangs } from './skipped-time.js';

/** A dev server that has the search attributes of a wait. */
export const SEARCH_ATTRIBUTES_SERVER: DevServerOptions & { readonly extraArgs: readonly string[] } = {
  extraArgs: [
    ...ONE_PARTITION.extraArgs,
    ...SEARCH_ATTRIBUTE_NAMES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ],
};

/** One that also suggests to continue as new after twenty events. */
export const LONG_HISTORIES_SERVER: typeof SEARCH_ATTRIBUTES_SERVER = {
  extraArgs: [
    ...['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=20'],
    ...SEARCH_ATTRIBUTES_SERVER.extraArgs,
  ],
};

/**
 * Connects to the dev server that the whole run shares: use task queues and workflow ids of your own. For what only the
 * real server does: cancelling, rate limits, updates, Nexus. Time is real.
 */
export function devServer(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createFromExistingServer({ address: given('TEST_DEV_SERVER_ADDRESS') });
}

/** Starts a dev server for one test file, which ends with the environment. */
export async function ownDevServer(options: DevServerOptions = {}): Promise<TestWorkflowEnvironment> {
  const server = await startDevServer(options);
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
  const disconnect = env.teardown.bind(env);
  env.teardown = async () => {
    await disconnect();
    await server.stop();
  };
  return env;
}

/**
 * Starts a server on which time skips while a result is awaited. One per test file, since its time is one for all that
 * happens on it (and the SDK skips time only on a server that it started); that takes a fifth of a second.
 *
 * @param patienceMs - how long a result may take, before the test is told how the workflow stands
 */
export async function timeSkipping(patienceMs = 150_000): Promise<TestWorkflowEnvironment> {
  // The leash reads TEST_TIME_SKIPPING_SERVER itself. Windows has no such scripts.
  const path =
    process.platform === 'win32'
      ? given('TEST_TIME_SKIPPING_SERVER')
      : fileURLToPath(new URL('leash.sh', import.meta.url));
  const server = { executable: { type: 'existing-path', path } } as const;
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server });
  keepSkipping(env);
  tellWhatHangs(env.client.workflow, patienceMs);
  return env;
}

/** The workflows of `test/workflows/parents.ts`, bundled once for the whole run. */
export function workflowBundle(): { readonly codePath: string } {
  return { codePath: given('TEST_WORKFLOW_BUNDLE') };
}

/** Workflows of one test file, bundled when it asks for them. */
export async function bundled(
  workflowsPath: string,
  workflowInterceptorModules: readonly string[] = [],
): Promise<{ readonly codePath: string }> {
  const body = JSON.stringify({ workflowsPath, workflowInterceptorModules });
  const answer = await fetch(given('TEST_BUNDLER'), { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return { codePath: text };
}

function given(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: global-setup.js sets it in every jest run`);
  return value;
}
