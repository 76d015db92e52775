import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * Connects to the dev server that the whole run shares: use task queues and workflow ids of your own. For what only the
 * real server does: cancelling, rate limits, updates, Nexus. Time is real.
 */
export function devServer(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createFromExistingServer({ address: given('TEST_DEV_SERVER_ADDRESS') });
}

/**
 * Starts a server on which time skips while a result is awaited. One per test file, since its time is one for all that
 * happens on it (and the SDK skips time only on a server that it started); that takes a fifth of a second.
 */
export function timeSkipping(): Promise<TestWorkflowEnvironment> {
  // The leash reads TEST_TIME_SKIPPING_SERVER itself. Windows has no such scripts.
  const path =
    process.platform === 'win32'
      ? given('TEST_TIME_SKIPPING_SERVER')
      : fileURLToPath(new URL('leash.sh', import.meta.url));
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
}

function given(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: global-setup.js sets it in every jest run`);
  return value;
}
