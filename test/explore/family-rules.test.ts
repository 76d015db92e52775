// What the oracle says of a wait and its parent: good ones, and each flaw alone.
import { judge } from './oracle.js';
import type { SteeringRecord, WaitRecord } from './wait-record.js';

const POLLING = { initialInterval: 60_000, backoffCoefficient: 1, maximumInterval: 60_000, jitter: 0 };

function steered(did: SteeringRecord['did'], more: Partial<SteeringRecord> = {}): SteeringRecord {
  return { at: 4_990, heardAt: 5_000, did, ...more };
}

/** A wait whose parent was cancelled after 5 s. */
const GOOD: WaitRecord = {
  script: { maxWaitMs: 600_000, polling: POLLING, task: undefined, faults: [], acts: [] },
  ...{ startedAt: 0, endedAt: 5_050, ending: { as: 'cancelled' } },
  ...{ calls: [], polls: [], troubles: [], failedTasks: [], longestQueueMs: 0 },
  steering: [steered('cancelParent')],
  deadlines: [{ from: 0, deadline: 600_000 }],
  parent: { ended: 'cancelled', endedAt: 5_100 },
};

function judged(change: Partial<WaitRecord>): string[] {
  return judge({ ...GOOD, ...change }, { clockMs: 20, busyMs: 1_000 });
}

const KILLED = [{ from: 4_000, to: 21_000, why: 'a worker got SIGKILL' }];

test.each<[string, Partial<WaitRecord>]>([
  ['cancelled with its parent', {}],
  ['given up by its parent', { steering: [steered('cancelScope')], parent: { ended: 'gaveUp', endedAt: 5_100 } }],
  ['cancelled itself', { steering: [steered('cancel')], parent: { ended: 'failed', endedAt: 5_100 } }],
  [
    'terminated with its parent',
    {
      ...{ ending: { as: 'terminated' }, steering: [steered('terminateParent')] },
      parent: { ended: 'terminated', endedAt: 5_000 },
    },
  ],
  [
    'cancelled by a parent that had just been reset',
    {
      ...{ steering: [steered('resetParentToAfter', { heardAt: 3_000 }), steered('cancelParent')] },
      ...{ endedAt: 33_000, parent: { ended: 'cancelled', endedAt: 33_100 } },
    },
  ],
  [
    'cancelled by its parent, which a reset made forget it',
    { steering: [steered('cancelParent', { isDoubtful: true })], parent: { ended: 'failed', endedAt: 5_100 } },
  ],
  ['found by another worker', { endedAt: 40_000, parent: { ended: 'cancelled', endedAt: 40_100 }, troubles: KILLED }],
])('a wait that was %s is good', (_, change) => {
  expect(judged(change)).toEqual([]);
});

test.each<[string, Partial<WaitRecord>]>([
  ['nobody asked for it', { steering: [], parent: { ended: 'failed', endedAt: 5_100 } }],
  ['nobody asked for it', { steering: [steered('startOver', { isDoubtful: true })], parent: undefined }],
  ['its parent was not', { ending: { as: 'terminated' }, steering: [], parent: undefined }],
  ['went on for 35000 ms', { endedAt: 40_000, parent: { ended: 'cancelled', endedAt: 40_100 } }],
  ['went on for 85000 ms', { endedAt: 90_000, parent: { ended: 'cancelled', endedAt: 90_100 }, troubles: KILLED }],
  ['polled on until 5050', { steering: [steered('cancel')], parent: { ended: 'failed', endedAt: 1_000 } }],
  ['and its parent has not', { parent: { ended: 'not at all', endedAt: undefined } }],
  ['its parent only at 60000', { parent: { ended: 'cancelled', endedAt: 60_000 } }],
  [
    'instead of',
    {
      ...{ endedAt: 30_000, steering: [steered('cancelParent', { isDoubtful: true })] },
      parent: { ended: 'failed', endedAt: 30_100 },
    },
  ],
  ['instead of cancelled', { parent: { ended: 'failed', endedAt: 5_100 } }],
])('is found: %s', (sentence, change) => {
  expect(judged(change).join('\n')).toContain(sentence);
});
