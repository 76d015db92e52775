#!/bin/sh
# Temporal TypeScript SDK 1.24.0 (Server 1.32.0, dev server): two signals, whose workflow tasks leave no command in history.
# Then another worker loads the workflow for an update, which its validator refuses.
# Expected: the handler of the second signal runs at the time of its own workflow task, as it did in the first worker.
# Seen: it runs once, at the time of the refused update: both are one activation. The first signal, whose task follows one
# with a command, keeps its time. The update leaves no event, so a third worker has the right times again: code that decides
# by them has then decided otherwise. With a command in the task of the second signal all workers agree.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >workflows.js <<'JS'
import { defineQuery, defineSignal, defineUpdate, setHandler, sleep, upsertMemo } from '@temporalio/workflow';
export async function listening({ leavesCommand }) {
  const heard = [];
  setHandler(defineSignal('knock'), () => {
    heard.push(Date.now());
    if (leavesCommand) upsertMemo({ knocks: heard.length });
  });
  setHandler(defineQuery('heard'), () => heard);
  setHandler(defineUpdate('open'), () => undefined, {
    validator: () => {
      throw new Error('The door stays closed.');
    },
  });
  await sleep('1h');
}
JS
cat >seen.js <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { client, taskQueue, withWorker } from './sdk.js';

for (const leavesCommand of [false, true]) {
  const workflowId = leavesCommand ? 'with a command' : 'without commands';
  const handle = await client.workflow.start('listening', { taskQueue, workflowId, args: [{ leavesCommand }] });
  const heard = () => handle.query('heard');
  const times = [];
  await withWorker(async () => {
    await heard();
    for (const count of [1, 2]) {
      await handle.signal('knock');
      while ((await heard()).length < count) await sleep(50);
    }
    times.push(await heard());
  });
  await sleep(2_000);
  await withWorker(async () => {
    await handle.executeUpdate('open').catch(() => undefined);
    times.push(await heard());
  });
  await withWorker(async () => times.push(await heard()));
  await handle.terminate();
  const [first, loading, replaying] = times;
  const late = (list) => list.map((at, index) => (at === first[index] ? 'same' : at - first[index] > 1_500 ? 'later' : 'other'));
  console.log(`${workflowId}: the worker that refused ${late(loading)}, the next one ${late(replaying)}`);
}
process.exit();
JS
node seen.js | tee seen.txt
grep -q '^without commands: the worker that refused same,later, the next one same,same' seen.txt ||
  changed 'the second signal is heard at the time of a refused update.'
grep -q '^with a command: the worker that refused same,same, the next one same,same' seen.txt ||
  changed 'with a command in its task it is heard at its own time.'
