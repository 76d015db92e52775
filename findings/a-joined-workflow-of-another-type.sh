#!/bin/sh
# Temporal Server 1.32.0 (dev server), TypeScript SDK 1.24.0: starting a workflow under an id that another type uses.
# Expected: USE_EXISTING and signalWithStart join a running workflow of the same type, and refuse one of another.
# Seen: both return a handle of the other workflow without an error. Whoever waits for its result gets that of another type.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >seen.js <<'JS'
import { client, taskQueue } from './sdk.js';

const options = { taskQueue, workflowId: 'the-order' };
await client.workflow.start('shipOrder', options);

const joined = await client.workflow.start('refundOrder', { ...options, workflowIdConflictPolicy: 'USE_EXISTING' });
console.log('start with USE_EXISTING of refundOrder:', (await joined.describe()).type);
const signalled = await client.workflow.signalWithStart('refundOrder', { ...options, signal: 'approve' });
console.log('signalWithStart of refundOrder:', (await signalled.describe()).type);
await signalled.terminate();
process.exit();
JS
node seen.js | tee seen.txt
for call in 'start with USE_EXISTING' signalWithStart; do
  grep -q "^$call of refundOrder: shipOrder$" seen.txt || changed "$call joins a workflow of another type."
done
