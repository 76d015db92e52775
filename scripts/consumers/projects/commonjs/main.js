// A CommonJS project loads the package, which is ESM, by `import()`.
const process = require('node:process');
const { Client, Connection } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');

async function main() {
  const imported = await Promise.all(process.argv.slice(2).map((name) => import(name)));
  const { RedisTaskPlugin } = await import('temporal-tencent-redis/plugin');
  const { RedisApiSimulator, SIMULATOR_CREDENTIAL } = await import('temporal-tencent-redis/testing');
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const simulator = await RedisApiSimulator.start();
  simulator.addTask(18215, { timeline: [{ status: 'running', forPolls: 1 }, { status: 'succeed' }] });
  const address = process.env.TEMPORAL_ADDRESS;
  const client = new Client({ connection: await Connection.connect({ address }) });
  const taskQueue = 'commonjs';
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    plugins: [
      new RedisTaskPlugin({
        endpoint: simulator.url,
        credentials: { getCredential: async () => SIMULATOR_CREDENTIAL },
      }),
    ],
  });
  const input = { taskId: 18215, region: 'ap-guangzhou', polling: { initialInterval: '1s' } };
  const { status } = await worker.runUntil(
    client.workflow.execute('pipeline', { taskQueue, workflowId: taskQueue, args: [input, taskQueue] }),
  );
  await simulator.close();
  console.log(JSON.stringify({ status, imported: imported.length }));
}

main().then(
  () => process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
