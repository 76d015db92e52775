// What a caller's bundle contains: the entry point for callers is safe in a workflow, the handler has its own.
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const logger = new DefaultLogger('ERROR', () => undefined);

function bundle(source: string): Promise<{ code: string }> {
  return bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL(source, import.meta.url)), logger });
}

test('the entry point for callers bundles, and contains no client', async () => {
  const { code } = await bundle('../../src/nexus/index.ts');

  expect(code).toContain('executeSharedRedisTaskWait');
  expect(code).not.toMatch(/node_modules\/@temporalio\/(client|nexus|worker)\//);
  expect(code).not.toMatch(/require\(["']node:/);
});

test('the handler does not bundle: it is for a worker', async () => {
  await expect(bundle('../../src/nexus/handler.ts')).rejects.toThrow();
});
