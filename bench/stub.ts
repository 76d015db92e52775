import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { createRedisApi } from '../src/activities/index.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, stubAwaitRedisTask } from '../src/testing/index.js';
import { findTestServer } from '../test/support/test-server.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const t0 = performance.now();
const lap = (n: string) => console.log(n, (performance.now() - t0).toFixed(0));
const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path: await findTestServer() } } });
lap('server');
const simulator = await RedisApiSimulator.start({requestsPerSecond:false});
const waits = await stubAwaitRedisTask(env, { 1: { after: '1h' } }, { simulator });
lap('stub');
const workflowsPath = fileURLToPath(new URL('../test/stub/workflows.ts', import.meta.url));
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
const parents = await Worker.create({ connection: env.nativeConnection, taskQueue: 'p', workflowBundle });
const run = parents.run();
lap('parents');
simulator.onCreate(() => ({ timeline: [{ status: 'running', forMs: 3_600_000 }, { status: 'succeed' }] }));
const api = createRedisApi({ credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) }, endpoint: new URL(simulator.url) });
const once = async (taskId: number) => {
  const b = performance.now();
  const r: any = await env.client.workflow.execute('childParent', { taskQueue: 'p', workflowId: randomUUID(), args: [{ taskId, region: 'ap-guangzhou' }] });
  return [performance.now() - b, r.waitedMs, r.polls];
};
for (const kind of ['script', 'simulator']) {
  const ms: number[] = [];
  for (let i = 0; i < 15; i++) {
    let id = 1;
    if (kind === 'simulator') id = (await api.call({ action: 'ClearInstance', region: 'ap-guangzhou', params: { InstanceId: 'crs-1' } }))['TaskId'] as number;
    else waits.script({ 1: { after: '1h' } });
    const [t, waited, polls] = await once(id);
    ms.push(t!); if (i === 0) console.log(kind, 'waited', waited, 'polls', polls, 'first', t);
  }
  console.log(kind, ms.map((x) => Math.round(x)).join(' '), 'median', ms.sort((a, b) => a - b)[7]!.toFixed(1));
}
parents.shutdown(); await run; await waits.stop(); await simulator.close(); await env.teardown();
