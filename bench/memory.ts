import { fork } from 'node:child_process';
import { once } from 'node:events';
import { NativeConnection, Worker } from '@temporalio/worker';
import { parseArgs } from 'node:util';
import { exitOnSignals } from '../test/support/processes.js';
import { Stage } from '../test/support/stage.js';
const { values: f } = parseArgs({
  options: {
    waits: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
    interval: { type: 'string', default: '1s' },
    cached: { type: 'string', default: '' },
    every: { type: 'string', default: '10' },
    snapshot: { type: 'boolean', default: false },
    pacing: { type: 'string' },
  },
});
exitOnSignals();
const stage = await Stage.start();
let polls = 0;
await stage.runWorker((connection: NativeConnection) =>
  Worker.create({
    connection,
    taskQueue: 'm-api',
    activities: {
      async describeTaskInfo({ taskId, region }: any) {
        polls += 1;
        return {
          status: 'running',
          taskType: 'redis upgrade',
          instanceId: 'crs-09u2u96z',
          startTime: '2026-11-24 01:00:00',
          message: '',
          requestId: '81120ab8-2cf1-4f0c-8e4c-81120ab82cf1',
          queuedMs: 3,
        };
      },
    },
    maxConcurrentActivityTaskExecutions: 200,
  }),
);
const child = fork(new URL('memory-worker.ts', import.meta.url), {
  execArgv: ['--expose-gc', '--import', 'tsx'],
  env: { ...process.env, ADDRESS: stage.address, QUEUE: 'm', CACHED: f.cached },
});
const ask = async (what: string) => {
  child.send(what);
  return (await once(child, 'message'))[0] as any;
};
await new Promise((r) => setTimeout(r, 3000));
const mb = (n: number) => (n / 1e6).toFixed(1).padStart(7);
const print = (label: string, m: any) =>
  console.log(
    label.padEnd(12),
    'polls',
    String(polls).padStart(6),
    'rss',
    mb(m.rss),
    'heap',
    mb(m.heapUsed),
    'ext',
    mb(m.external),
    'cached',
    m.cached,
    'cpu s',
    ((m.cpu.user + m.cpu.system) / 1e6).toFixed(1),
  );
print('idle', await ask('gc'));
const n = Number(f.waits);
const t0 = Date.now();
for (let i = 1; i <= n;) {
  const batch = [];
  for (let k = 0; k < 50 && i <= n; k++, i++)
    batch.push(
      stage.client.workflow.start('awaitRedisTask', {
        taskQueue: 'm',
        workflowId: `m/${i}`,
        args: [
          {
            taskId: i,
            region: 'ap-guangzhou',
            maxWait: '5h',
            polling: {
              initialInterval: f.interval,
              maximumInterval: f.interval,
              jitter: 0,
              ...(f.pacing ? { pacing: f.pacing } : {}),
            },
          },
        ],
      }),
    );
  await Promise.all(batch);
}
console.log('started in', (Date.now() - t0) / 1000);
const end = Date.now() + Number(f.seconds) * 1000;
while (Date.now() < end) {
  await new Promise((r) => setTimeout(r, Number(f.every) * 1000));
  print(((Date.now() - t0) / 1000).toFixed(0) + ' s', await ask('gc'));
}
if (f.snapshot) console.log(await ask('snapshot'));
child.kill('SIGKILL');
await stage.close();
process.exit(0);
