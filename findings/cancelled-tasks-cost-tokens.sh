#!/bin/sh
# Temporal Server 1.32.0 (dev server, four partitions), TypeScript SDK 1.24.0: 200 activities are in a task queue with a rate
# limit of 2 a second. After 10 s their workflows are cancelled, and six new activities are scheduled.
# Expected: the server drops the tasks of cancelled activities without a pause, as they start nothing, and the new ones wait
# for their turn among six.
# Seen: so it is with eight polls, two for each partition. With four polls the new tasks are up to half a minute late in one
# of the queues or more (not with matching.maxWaitForPollerBeforeFwd at 1h, which ends the forwarding). By the server's
# source: each time that a poll meets a cancelled task, its token of the rate limit is given back, and goes at once with the
# next task to the forwarder, since the poll is not back yet and began more than 200 ms ago. The root drops that task, too,
# but keeps the token.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >workflows.js <<'JS'
import { proxyActivities } from '@temporalio/workflow';
export async function callOnce(taskQueue) {
  await proxyActivities({ taskQueue, startToCloseTimeout: '15s', cancellationType: 'TRY_CANCEL' }).call();
}
JS
cat >seen.js <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { client, taskQueue, withWorker } from './sdk.js';

const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
const ms = ({ eventTime: { seconds, nanos } }) => Number(seconds) * 1000 + nanos / 1e6;

async function play(polls, queue) {
  const start = (n) => client.workflow.start('callOnce', { taskQueue, workflowId: `${queue}/${n}`, args: [queue] });
  const activityTaskPollerBehavior = { type: 'simple-maximum', maximum: polls };
  const worker = await Worker.create({
    connection,
    taskQueue: queue,
    activities: { call: async () => undefined },
    maxTaskQueueActivitiesPerSecond: 2,
    activityTaskPollerBehavior,
  });
  await worker.runUntil(async () => {
    const cancelled = [];
    for (let n = 0; n < 200; n++) cancelled.push(await start(n));
    await sleep(10_000);
    await Promise.all(cancelled.map((handle) => handle.cancel()));
    await Promise.all(cancelled.map((handle) => handle.result().catch(() => undefined)));
    const queued = [];
    const fresh = await Promise.all(Array.from({ length: 6 }, (_, n) => start(`new-${n}`)));
    for (const handle of fresh) {
      await handle.result();
      const { events } = await handle.fetchHistory();
      const at = (attributes) => ms(events.find((event) => event[attributes]));
      queued.push(at('activityTaskStartedEventAttributes') - at('activityTaskScheduledEventAttributes'));
    }
    console.log(polls, ...queued.sort((a, b) => b - a).map((each) => (each / 1000).toFixed(1)));
  });
}
await withWorker(async () => {
  await Promise.all([play(4, 'a'), play(4, 'b'), play(4, 'c'), play(8, 'd'), play(8, 'e')]);
});
process.exit();
JS
echo 'polls, seconds in the queue of each new activity'
# The SDK logs the activities that end after their workflow.
node seen.js | grep '^[0-9]' | tee seen.txt
# Six new tasks at two a second are 2.5 s in the queue if nothing holds them up.
awk '$1 == 4 && $2 > 10 { late = 1 } END { exit !late }' seen.txt || changed 'with four polls new tasks are late.'
awk '$1 == 8 && $2 > 10 { exit 1 }' seen.txt || changed 'with eight polls new tasks are in time.'
