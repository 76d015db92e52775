#!/bin/sh
# Temporal TypeScript SDK 1.24.0 (Server 1.32.0, dev server): Worker.create for a namespace that does not exist (yet).
# Expected: it rejects, and what it has started is ended, so that a process can try again until the namespace is there.
# Seen: it rejects, and the threads that it has started for workflows stay with their memory, after each attempt anew.
# Linux, by /proc.
. "$(dirname "$0")/lib.sh"
with_server
with_typescript_sdk

echo 'export async function nothing() {}' >workflows.js
cat >seen.js <<'JS'
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import './sdk.js';

const status = (field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1]);
const workflowBundle = await bundleWorkflowCode({ workflowsPath: path.resolve('workflows.js') });
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
const attempt = () =>
  Worker.create({ connection, namespace: 'not-there', taskQueue: 'findings', workflowBundle }).catch((error) => error);

const ATTEMPTS = 8;
console.log('it rejects with', (await attempt()).message.split(':')[0]);
const before = { threads: status('Threads'), memory: status('VmRSS') };
for (let n = 0; n < ATTEMPTS; n += 1) await attempt();
await sleep(5000);
const more = { threads: status('Threads') - before.threads, memory: status('VmRSS') - before.memory };
console.log(`${ATTEMPTS} attempts more leave ${more.threads} threads and ${Math.round(more.memory / 1024)} MB`);
process.exit(more.threads >= ATTEMPTS ? 0 : 1);
JS
node seen.js 2>log.txt || {
  grep -v -e INFO -e WARN log.txt >&2 || true
  changed 'each attempt leaves a thread or more.'
}
