#!/bin/sh
# Temporal TypeScript SDK 1.24.0 (Server 1.32.0, dev server): a parent is cancelled after its child continued as new.
# Expected: the child's run that is open now is asked to cancel, as by a client that cancels by workflow id.
# Seen: the SDK asks for the first run, which has ended. The server tells the parent that the cancellation was
# requested, no run gets it, and the parent waits on.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >workflows.js <<'JS'
import { continueAsNew, executeChild, sleep } from '@temporalio/workflow';
export const parent = () => executeChild('child', { workflowId: 'child', args: [1] });
export async function child(run) {
  if (run === 1) await continueAsNew(2);
  await sleep('1h');
}
JS
cat >seen.js <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { client, taskQueue, withWorker } from './sdk.js';

const child = client.workflow.getHandle('child');
const eventsOf = async (handle) => (await handle.fetchHistory()).events;
const until = async (look) => {
  for (let n = 0; n < 300; n += 1) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    await sleep(100);
  }
  return undefined;
};
const cancelAsked = async () => (await eventsOf(child)).some((event) => event.workflowExecutionCancelRequestedEventAttributes);

await withWorker(async () => {
  const parent = await client.workflow.start('parent', { taskQueue, workflowId: 'parent' });
  await until(async () => (await eventsOf(child)).some((event) => event.timerStartedEventAttributes));
  await parent.cancel();
  const confirmed = await until(async () =>
    (await eventsOf(parent)).find((event) => event.externalWorkflowExecutionCancelRequestedEventAttributes),
  );
  console.log('the server tells the parent that it asked the child to cancel:', confirmed !== undefined);
  await sleep(3000);
  console.log('the child was asked:', await cancelAsked());
  console.log('the parent is', (await parent.describe()).status.name);
  await child.cancel();
  console.log('the child was asked, by a client and without a run id:', (await until(cancelAsked)) === true);
  await parent.result().catch(() => undefined);
});
process.exit();
JS
node seen.js | tee seen.txt
grep -q 'asked the child to cancel: true' seen.txt || changed 'the server confirms the cancellation.'
grep -q 'the child was asked: false' seen.txt || changed 'no run of the child is asked to cancel.'
grep -q 'the parent is RUNNING' seen.txt || changed 'the parent waits on.'
grep -q 'without a run id: true' seen.txt || changed 'a cancellation without a run id reaches the child.'
