// What a caller's bundle contains: the entry point for callers is safe in a workflow, the handler has its own.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundled } from '../support/environments.js';

async function bundle(source: string): Promise<string> {
  const { codePath } = await bundled(fileURLToPath(new URL(source, import.meta.url)));
  return readFile(codePath, 'utf8');
}

test('the entry point for callers bundles, and contains no client', async () => {
  const code = await bundle('../../src/nexus/index.ts');

  expect(code).toContain('executeSharedRedisTaskWait');
  expect(code).not.toMatch(/node_modules\/@temporalio\/(client|nexus|worker)\//);
  expect(code).not.toMatch(/require\(["']node:/);
});

test('the handler does not bundle: it is for a worker', async () => {
  await expect(bundle('../../src/nexus/handler.ts')).rejects.toThrow();
});
