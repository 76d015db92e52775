#!/bin/sh
# Temporal Server 1.32.0 (dev server), TypeScript SDK 1.24.0: the last failure of an activity that is being retried.
# Expected: a long failure is cut in Pending Activities; its type and the start of its message stay.
# Seen: above 4 kB in all the message is replaced by "Failure exceeds size limit.". A message counts twice at least, since
# the stack repeats it: 1,000 characters are shown whole, 2,500 not at all. The original type stands below, in
# the cause.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk @temporalio/activity@1.24.0

cat >workflows.js <<'JS'
import { proxyActivities } from '@temporalio/workflow';
const { fail } = proxyActivities({ startToCloseTimeout: '10s', retry: { initialInterval: '1h' } });
export const failing = (length) => fail(length);
JS
cat >seen.js <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import { client, taskQueue, withWorker } from './sdk.js';

const fail = (length) => {
  throw ApplicationFailure.create({ type: 'DiskFull', message: 'The disk is full. '.padEnd(length, '.') });
};
const lastFailure = async (handle) => {
  for (;;) {
    const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
    if (pending?.lastFailure) return pending.lastFailure;
    await sleep(100);
  }
};
await withWorker(
  async () => {
    for (const length of [1000, 2500]) {
      const handle = await client.workflow.start('failing', { taskQueue, workflowId: `${length}`, args: [length] });
      const { message, applicationFailureInfo: info, cause } = await lastFailure(handle);
      console.log(`${length} characters: "${message.slice(0, 30)}", type ${info?.type || 'none'}, cause`, cause?.applicationFailureInfo?.type ?? 'none');
      await handle.terminate();
    }
  },
  { activities: { fail } },
);
process.exit();
JS
node seen.js | tee seen.txt
grep -q '^1000 characters: "The disk is full' seen.txt || changed 'a failure of 1,000 characters is shown.'
grep -q '^2500 characters: "Failure exceeds size limit' seen.txt || changed 'a failure of 2,500 characters is replaced.'
