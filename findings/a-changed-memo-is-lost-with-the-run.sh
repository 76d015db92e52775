#!/bin/sh
# Temporal Server 1.32.0 (dev server), TypeScript SDK 1.24.0: a workflow changes its memo and a search attribute, then
# continues as new.
# Expected: the next run has both as they were left.
# Seen: the search attribute is kept, but the memo is that of the start again, unless continueAsNew is given one.
. "$(dirname "$0")/lib.sh"
with_server --search-attribute Step=Keyword
with_typescript_sdk

cat >workflows.js <<'JS'
import { makeContinueAsNewFunc, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
export async function order(runs, isGiven) {
  if (runs < 2) return;
  upsertMemo({ step: 'paid', parcel: '17' });
  upsertSearchAttributes({ Step: ['paid'] });
  const { memo } = workflowInfo();
  await makeContinueAsNewFunc(isGiven ? { memo } : {})(runs - 1, isGiven);
}
JS
cat >seen.js <<'JS'
import { client, taskQueue, withWorker } from './sdk.js';

await withWorker(async () => {
  for (const isGiven of [false, true]) {
    const begun = { memo: { step: 'ordered' }, searchAttributes: { Step: ['ordered'] } };
    const handle = await client.workflow.start('order', { taskQueue, workflowId: `${isGiven}`, args: [2, isGiven], ...begun });
    await handle.result();
    const { memo, searchAttributes } = await client.workflow.getHandle(handle.workflowId).describe();
    console.log(`${isGiven ? 'given' : 'not given'}: memo ${memo?.step} ${memo?.parcel}, attribute ${searchAttributes.Step}`);
  }
});
process.exit();
JS
node seen.js | tee seen.txt
grep -q '^not given: memo ordered undefined, attribute paid$' seen.txt || changed 'the memo of the start is back.'
grep -q '^given: memo paid 17, attribute paid$' seen.txt || changed 'a memo that is given stays.'
