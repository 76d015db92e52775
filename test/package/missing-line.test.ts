// A workflow file that lacks the one line of the README, in a worker with the plugin. Its bundles take seconds of a processor.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkerOptions } from '@temporalio/worker';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { createOwnWorker, createPlugin } from '../plugin/own-worker.js';
import { devServer } from '../support/environments.js';
import { eventsOf } from '../support/histories.js';
import { REGION, until } from '../support/waits.js';

const WITHOUT_THE_LINE = fileURLToPath(new URL('../plugin/workflows-without-the-line.ts', import.meta.url));
const THE_LINE = "export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';";
// What goes wrong here on purpose would fill the screen.
const logger = new DefaultLogger('WARN', () => undefined);

let env: TestWorkflowEnvironment;
let simulator: RedisApiSimulator;

beforeAll(async () => {
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } }, shutdownSignals: [] });
  [env, simulator] = await Promise.all([devServer(), RedisApiSimulator.start({ requestsPerSecond: false })]);
});
afterAll(async () => {
  await simulator.close();
  await env.teardown();
});

test.each(['by the worker', 'beforehand'])(
  'a workflow file without the re-export, bundled %s, is an error that says what to do',
  async (when) => {
    const plugins = [createPlugin(simulator)];
    const source: Partial<WorkerOptions> =
      when === 'beforehand'
        ? { workflowBundle: await bundleWorkflowCode({ workflowsPath: WITHOUT_THE_LINE, logger, plugins }) }
        : { workflowsPath: WITHOUT_THE_LINE };
    const worker = await createOwnWorker(env, { ...source, plugins });
    const { taskQueue } = worker.options;
    await worker.runUntil(async () => {
      // Only who starts a wait needs the line.
      const greeting = await env.client.workflow.start('greet', { workflowId: randomUUID(), taskQueue });
      await expect(greeting.result()).resolves.toBe('hello');

      for (const workflow of ['awaitRedisTask', 'watchRedisTasks']) {
        const args = [{ taskId: 31_001, region: REGION }];
        const handle = await env.client.workflow.start(workflow, { workflowId: randomUUID(), taskQueue, args });
        const [failed] = await until(
          async () => eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_WORKFLOW_TASK_FAILED'),
          ({ length }) => length > 0,
        );
        const message = failed?.workflowTaskFailedEventAttributes?.failure?.message;
        expect(message).toContain(`do not include ${workflow}. Add this line`);
        expect(message).toContain(THE_LINE);
        await handle.terminate();
      }
    });

    expect(worker.options.workflowsPath).toBe(source.workflowsPath);
  },
);
