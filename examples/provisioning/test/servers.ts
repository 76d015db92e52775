import { TestWorkflowEnvironment } from '@temporalio/testing';

/** The SDK downloads its servers on first use. A machine that cannot names them in these variables. */
function executable(variable: string) {
  const path = process.env[variable];
  return path === undefined ? {} : { executable: { type: 'existing-path', path } as const };
}

/** A server on which hours pass at once. */
export function skippingServer(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createTimeSkipping({ server: executable('TEMPORAL_TEST_SERVER') });
}

/** A server as in production, but in memory. */
export function realServer(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({ server: executable('TEMPORAL_CLI') });
}
