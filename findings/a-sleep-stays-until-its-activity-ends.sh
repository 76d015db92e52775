#!/bin/sh
# Temporal TypeScript SDK 1.24.0: `sleep` of an activity's context, as in an activity that looks at something each second.
# Expected: a sleep that is over leaves nothing behind, like that of node:timers/promises with the activity's signal.
# Seen: each keeps a kilobyte until the activity ends, since it adds a reaction to the promise of its cancellation:
# 100 MB after a day.
. "$(dirname "$0")/lib.sh"
with_npm @temporalio/activity@1.24.0 @temporalio/testing@1.24.0 @temporalio/worker@1.24.0 @temporalio/workflow@1.24.0

cat >seen.js <<'JS'
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal, sleep as sleepOfContext } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';

const SLEEPS = 10_000;

/** How many bytes each of many sleeps leaves in the heap while the activity runs. */
const leftBy = (sleepOnce) =>
  new MockActivityEnvironment().run(async () => {
    const used = () => (globalThis.gc(), process.memoryUsage().heapUsed);
    for (let n = 0; n < 100; n += 1) await sleepOnce();
    const before = used();
    for (let n = 0; n < SLEEPS; n += 1) await sleepOnce();
    return Math.round((used() - before) / SLEEPS);
  });

const ofNode = await leftBy(() => sleep(1, undefined, { signal: cancellationSignal() }));
const ofContext = await leftBy(() => sleepOfContext(1));
console.log(`a sleep of Node leaves ${ofNode} bytes, one of the context ${ofContext}`);
process.exit(ofNode < 100 && ofContext > 400 ? 0 : 1);
JS
node --expose-gc seen.js || changed 'a sleep of the context stays until its activity ends.'
