#!/bin/sh
# Temporal TypeScript SDK 1.24.0 on Node 20: a process makes 20 connections one after the other, calls with a deadline on
# each, and closes them, as the tests of a worker do.
# Expected: a connection that is closed costs nothing more, whether it is a `Connection` or a `NativeConnection`.
# Seen: closed `NativeConnection`s make each promise of the process tens of times as dear. Each has an AsyncLocalStorage,
# which Node 20 copies into every new promise until it is disabled; only `Connection` does that when it closes.
. "$(dirname "$0")/lib.sh"
case $(node --version) in
v20.*) ;;
*) echo 'Tried with Node 20 alone.' >&2 && exit 2 ;;
esac
with_server
with_npm @swc/core@1.16.18 @temporalio/client@1.24.0 @temporalio/worker@1.24.0 @temporalio/workflow@1.24.0

cat >seen.js <<'JS'
import process from 'node:process';
import { Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';

const CONNECTIONS = 20;
const PROMISES = 200_000;
const address = process.env.TEMPORAL_ADDRESS;
Runtime.install({ logger: new DefaultLogger('ERROR') });

async function anyAsyncFunction() {}

/** How many milliseconds of a processor the promises of many calls take, at best. */
async function promisesTake() {
  let best = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage();
    for (let n = 0; n < PROMISES; n += 1) await anyAsyncFunction();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1_000);
  }
  return best;
}

/** Makes connections, calls once on each, and closes them. */
async function callOn(kind) {
  for (let n = 0; n < CONNECTIONS; n += 1) {
    const connection = await kind.connect({ address });
    await connection.withDeadline(Date.now() + 10_000, () => connection.workflowService.getSystemInfo({}));
    await connection.close();
  }
}

const fresh = await promisesTake();
await callOn(Connection);
const afterClient = await promisesTake();
await callOn(NativeConnection);
const afterNative = await promisesTake();
const times = (ms) => (ms / fresh).toFixed(1);
console.log(`${CONNECTIONS} closed Connections: promises take ${times(afterClient)} times as long`);
console.log(`${CONNECTIONS} closed NativeConnections: ${times(afterNative)} times`);
process.exit(afterClient < 4 * fresh && afterNative > 8 * fresh ? 0 : 1);
JS
node seen.js || changed 'NativeConnection keeps its storage when it closes.'
