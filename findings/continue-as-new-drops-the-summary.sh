#!/bin/sh
# Temporal Server 1.32.0 (dev server), TypeScript SDK 1.24.0: a workflow started with staticSummary, staticDetails and a
# memo continues as new.
# Expected: the next run has all three, since they describe the workflow and not one of its runs.
# Seen: the memo stays, the summary and the details are gone, and continueAsNew has no option to give them again.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >workflows.js <<'JS'
import { continueAsNew } from '@temporalio/workflow';
export async function again(runs) {
  if (runs > 1) await continueAsNew(runs - 1);
}
JS
cat >seen.js <<'JS'
import { client, taskQueue, withWorker } from './sdk.js';

await withWorker(async () => {
  for (const runs of [1, 2]) {
    const described = { staticSummary: 'An order', staticDetails: 'Two shoes', memo: { order: 'An order' } };
    const handle = await client.workflow.start('again', { taskQueue, workflowId: `${runs}`, args: [runs], ...described });
    await handle.result();
    const last = await client.workflow.getHandle(handle.workflowId).describe();
    console.log(`run ${runs}:`, await last.staticSummary(), await last.staticDetails(), last.memo?.order);
  }
});
process.exit();
JS
node seen.js | tee seen.txt
grep -q '^run 1: An order Two shoes An order$' seen.txt || changed 'the first run has summary, details and memo.'
grep -q '^run 2: undefined undefined An order$' seen.txt || changed 'the second run has the memo alone.'
