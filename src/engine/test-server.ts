import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { find } from './find.js';
import { testServer } from './programs.js';

/** A time-skipping server that runs, with the environment that skips its time. */
export interface TestServer {
  readonly env: TestWorkflowEnvironment;
  /** `host:port` for a Temporal client. A client that is not `env.client` does not skip time. */
  readonly address: string;
  /** Ends the server. */
  stop(): Promise<void>;
}

/**
 * Starts a server on which hours pass in milliseconds, fetching it first where it is missing. Time is one for the whole
 * server, so give each test file its own: it starts in a fifth of a second.
 */
export async function startTestServer(): Promise<TestServer> {
  const path = await find(testServer);
  // An optional peer: only those who test with skipped time have it.
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  return { env, address: env.address, stop: () => env.teardown() };
}
