#!/bin/sh
# Temporal TypeScript SDK 1.24.0 (Server 1.32.0, dev server): a query whose handler throws an ApplicationFailure.
# Expected: the client gets an error of its own class, with type and details of the failure, as an update's caller does.
# Seen: it gets QueryNotRegisteredError, as for a query that does not exist; the message alone tells them apart.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >workflows.js <<'JS'
import { ApplicationFailure, defineQuery, setHandler, sleep } from '@temporalio/workflow';
export async function asked() {
  setHandler(defineQuery('stock'), () => {
    throw ApplicationFailure.create({ type: 'NotCounted', message: 'The stock has not been counted.', details: [7] });
  });
  await sleep('1h');
}
JS
cat >seen.js <<'JS'
import { client, taskQueue, withWorker } from './sdk.js';

await withWorker(async () => {
  const handle = await client.workflow.start('asked', { taskQueue, workflowId: 'stock' });
  for (const name of ['stock', 'noSuchQuery']) {
    const error = await handle.query(name).catch((caught) => caught);
    console.log(`${name}: ${error.constructor.name}, ${error.cause?.code}, ${error.type}, ${error.message.slice(0, 60)}`);
  }
  await handle.terminate();
});
process.exit();
JS
node seen.js | tee seen.txt
grep -q '^stock: QueryNotRegisteredError, .*The stock has not been counted' seen.txt || changed 'a handler that throws is QueryNotRegisteredError.'
grep -q '^noSuchQuery: QueryNotRegisteredError' seen.txt || changed 'so is a query without a handler.'
