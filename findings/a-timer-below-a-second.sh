#!/bin/sh
# Temporal Server 1.32.0 (dev server), TypeScript SDK 1.24.0: workflow timers of 100, 500 and 1,100 ms on an idle server,
# by the timestamps of their events.
# Expected: each fires some milliseconds late.
# Seen: the one of 1,100 ms does. Those below a second fire after about a second: the median of five.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >workflows.js <<'JS'
import { sleep } from '@temporalio/workflow';
export async function timers(ms) {
  for (let n = 0; n < 5; n += 1) await sleep(ms);
}
JS
cat >seen.js <<'JS'
import { client, taskQueue, withWorker } from './sdk.js';

const ms = ({ seconds, nanos }) => Number(seconds) * 1000 + nanos / 1e6;
await withWorker(async () => {
  for (const asked of [100, 500, 1100]) {
    const handle = await client.workflow.start('timers', { taskQueue, workflowId: `${asked}`, args: [asked] });
    await handle.result();
    const { events } = await handle.fetchHistory();
    const at = (type) => events.filter((event) => event[type]).map(({ eventTime }) => ms(eventTime));
    const started = at('timerStartedEventAttributes');
    const took = at('timerFiredEventAttributes').map((fired, n) => Math.round(fired - started[n]));
    console.log(asked, took.sort((a, b) => a - b)[2], took.join(' '));
  }
});
process.exit();
JS
echo 'asked, median, each (ms)'
node seen.js | tee seen.txt
awk '$1 < 1000 && $2 < 800 { exit 1 }' seen.txt || changed 'timers below a second take a second.'
