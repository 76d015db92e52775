import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { devServer, timeSkipping } from '../support/environments.js';

test('the shared dev server answers', async () => {
  const env = await devServer();
  const { namespaceInfo } = await env.connection.workflowService.describeNamespace({ namespace: 'default' });
  expect(namespaceInfo?.name).toBe('default');
  await env.teardown();
});

test('a time-skipping environment skips hours at once', async () => {
  const env = await timeSkipping();
  const before = await env.currentTimeMs();
  await env.sleep('10h');
  expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(36_000_000);
  await env.teardown();
});

test('a time-skipping environment tells how a workflow stands that has no result for too long', async () => {
  const env = await timeSkipping(1_000);
  const options = { workflowId: 'stuck', taskQueue: 'nobody', args: [] };
  const handle = await env.client.workflow.start('anything', options);
  await expect(handle.result()).rejects.toThrow(
    /^stuck has no result after 1 s: .*"last":\["WORKFLOW_EXECUTION_STARTED","WORKFLOW_TASK_SCHEDULED"\]/,
  );
  await handle.terminate();
  await expect(handle.result()).rejects.toThrow('Workflow execution terminated');
  await env.teardown();
});

test('the servers of a run end when whoever started them is gone', async () => {
  const servers = fileURLToPath(new URL('../support/servers.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', servers], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { TEST_DEV_SERVER_UI: ui } = JSON.parse(line.toString()) as { TEST_DEV_SERVER_UI: string };
  expect((await fetch(ui)).status).toBe(200);
  // What the kernel does to the pipe of a process that was killed.
  child.stdin.destroy();
  await once(child, 'exit');
  await expect(fetch(ui)).rejects.toThrow('fetch failed');
});
