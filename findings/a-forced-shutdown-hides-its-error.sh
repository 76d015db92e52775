#!/bin/sh
# Temporal TypeScript SDK 1.24.0 (Server 1.32.0, dev server): a worker with `shutdownForceTime` is shut down while an
# activity takes longer than that.
# Expected: `run()` rejects with GracefulShutdownPeriodExpiredError, the class that the SDK has for this.
# Seen: it rejects with an IllegalStateError that says nothing of time, since ending the worker fails with its own error
# while work is under way. With the workflow of that activity in an own thread or not, sandboxes shared or not.
. "$(dirname "$0")/lib.sh"
with_server
with_npm @swc/core@1.16.18 @temporalio/client@1.24.0 @temporalio/worker@1.24.0 @temporalio/workflow@1.24.0

cat >workflows.js <<'JS'
import { proxyActivities } from '@temporalio/workflow';

const { slow } = proxyActivities({ startToCloseTimeout: '1 minute' });
export const waitsForActivity = () => slow();
JS
cat >seen.js <<'JS'
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const logger = new DefaultLogger('ERROR', () => undefined);
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
const address = process.env.TEMPORAL_ADDRESS;
const client = new Client({ connection: await Connection.connect({ address }) });
const connection = await NativeConnection.connect({ address });
const workflowBundle = await bundleWorkflowCode({ workflowsPath: path.resolve('workflows.js'), logger });

/** What `run()` of a worker ends with that is shut down while an activity of `ms` milliseconds runs. */
async function endOf(ms, options) {
  const taskQueue = `${ms}-${JSON.stringify(options)}`;
  let hasBegun;
  const begun = new Promise((resolve) => (hasBegun = resolve));
  const activities = { slow: () => (hasBegun(), sleep(ms)) };
  const worker = await Worker.create({
    ...options,
    ...{ connection, taskQueue, workflowBundle, activities, shutdownGraceTime: '10s', shutdownForceTime: '2s' },
  });
  const end = worker.run().then(
    () => 'nothing',
    ({ name, message }) => `${name}: ${message.split(':')[0]}`,
  );
  const handle = await client.workflow.start('waitsForActivity', { taskQueue, workflowId: taskQueue });
  await begun;
  worker.shutdown();
  const seen = await end;
  await handle.terminate();
  return seen;
}

const ends = [];
for (const reuseV8Context of [true, false]) {
  for (const debugMode of [false, true]) ends.push(await endOf(5_000, { reuseV8Context, debugMode }));
}
const inTime = await endOf(500, {});
console.log('an activity that ends in time:', inTime);
console.log('one that does not:', [...new Set(ends)].join(' | '));
process.exit(inTime === 'nothing' && ends.every((end) => end.startsWith('IllegalStateError')) ? 0 : 1);
JS
node seen.js || changed 'run() of a worker that is forced to end rejects with an IllegalStateError.'
