// The SDK is CommonJS itself. What Node loads of this package comes by `import()`.
const process = require('node:process');
const { Client, Connection } = require('@temporalio/client');
const { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

async function main() {
  const { createRedisActivities } = await import('temporal-tencent-redis/activities');
  const { RedisApiSimulator, SIMULATOR_CREDENTIAL } = await import('temporal-tencent-redis/testing');
  const doors = await Promise.all(process.argv.slice(2).map((door) => import(door)));

  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./workflows'), logger });

  const simulator = await RedisApiSimulator.start();
  simulator.addTask(18215, {
    timeline: [
      { status: 'running', forPolls: 1 },
      { status: 'succeed', message: 'ok' },
    ],
  });

  const address = process.env.TEMPORAL_ADDRESS;
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }) });
  const taskQueue = 'commonjs';
  const activities = createRedisActivities({
    endpoint: simulator.url,
    credentials: { getCredential: async () => SIMULATOR_CREDENTIAL },
  });
  const waits = await Worker.create({ connection, taskQueue, workflowBundle });
  const calls = await Worker.create({ connection, taskQueue: `${taskQueue}-api`, activities });

  const input = { taskId: 18215, region: 'ap-guangzhou', polling: { initialInterval: '1s' } };
  const running = calls.run();
  const { status } = await waits.runUntil(
    client.workflow.execute('pipeline', { taskQueue, workflowId: taskQueue, args: [input, taskQueue] }),
  );
  calls.shutdown();
  await running;
  await simulator.close();
  console.log(JSON.stringify({ status, opened: doors.length }));
}

main().then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
