import { CANCEL_MS, type Rule } from './judging.js';
import type { Ending, ParentRecord, SteeringRecord, WaitRecord } from './wait-record.js';

/** A worker looks for waits that were loaded by none since theirs was killed, and for parents that were reset. */
const LOOKS_EVERY_MS = 30_000;
/** What a worker takes to end and to be replaced, or the server. */
const RESTART_MS = 20_000;

const CANCELS: readonly SteeringRecord['did'][] = ['cancel', 'cancelParent', 'cancelScope'];

/** What becomes of a wait and its parent when either is cancelled, terminated or reset. */
export const FAMILY_RULES: readonly Rule[] = [
  function* cancellingIsWanted({ ending, steering }) {
    // One that starts its wait over has cancelled the one before, and not this one.
    const isWanted = steering.some(({ did, heardAt, isDoubtful }) =>
      did === 'startOver' ? !isDoubtful : CANCELS.includes(did) && (heardAt !== undefined || isDoubtful),
    );
    if (ending?.as === 'cancelled' && !isWanted) yield 'The wait was cancelled, and nobody asked for it';
  },

  function* terminatingIsWanted({ ending, steering }) {
    const isWanted = steering.some(({ did }) => did === 'terminateParent');
    if (ending?.as === 'terminated' && !isWanted) yield 'The wait was terminated, and its parent was not';
  },

  function* aParentsEndReachesTheWait(record, { busyMs }) {
    for (const { did, heardAt, isDoubtful } of record.steering) {
      if (heardAt === undefined || isDoubtful || !['cancelParent', 'cancelScope', 'terminateParent'].includes(did))
        continue;
      const late = (record.endedAt ?? Infinity) - heardAt;
      if (late > soonAfter(record, heardAt) + busyMs)
        yield `The wait went on for ${late} ms after ${did} at ${heardAt}`;
    }
  },

  function* noWaitOutlivesItsParent(record, { busyMs }) {
    const { parent, endedAt = Infinity } = record;
    if (parent?.endedAt === undefined || endedAt - parent.endedAt <= soonAfter(record, parent.endedAt) + busyMs) return;
    yield `The parent ended at ${parent.endedAt}, and its wait polled on until ${endedAt}`;
  },

  function* aParentEndsWithItsWait(record, { busyMs }) {
    const { parent, ending, endedAt = Infinity } = record;
    if (!parent || !ending) return;
    if (parent.endedAt === undefined) yield `The wait ended at ${endedAt}, and its parent has not`;
    else if (parent.endedAt - endedAt > soonAfter(record, endedAt) + busyMs)
      yield `The wait ended at ${endedAt}, and its parent only at ${parent.endedAt}`;
    const expected = endingsOfParent(record, ending, busyMs);
    if (!expected.includes(parent.ended))
      yield `The wait ended as ${ending.as}, and its parent as ${parent.ended} instead of ${expected.join(' or ')}`;
    if (parent.ended === 'returned' && ending.as === 'succeeded' && !isSame(parent.result, ending.result))
      yield `The parent returned ${JSON.stringify(parent.result)} instead of what its wait found`;
  },
];

/** How a parent may end whose wait ended in this way. */
function endingsOfParent(record: WaitRecord, { as }: Ending, busyMs: number): ParentRecord['ended'][] {
  const { steering, endedAt = Infinity } = record;
  // The wait had heard of it before a reset took it back from the parent.
  const wasTakenBack = steering.some(
    ({ did, heardAt = -Infinity, isDoubtful }) =>
      /^(cancelParent|cancelScope)$/.test(did) &&
      isDoubtful &&
      endedAt - heardAt <= soonAfter(record, heardAt) + busyMs,
  );
  const asked = (did: SteeringRecord['did']) => steering.some((each) => each.did === did);
  // It may have come between the end of the wait and that of the parent.
  const terminated = asked('terminateParent') ? (['terminated'] as const) : [];
  if (as === 'terminated') return ['terminated'];
  if (as === 'succeeded') return ['returned', ...terminated];
  if (as !== 'cancelled') return ['failed', ...terminated];
  return [
    ...(asked('cancelParent') ? (['cancelled'] as const) : []),
    ...(asked('cancelScope') ? (['gaveUp'] as const) : []),
    // To the parent a wait that somebody else has cancelled has failed.
    ...(asked('cancel') || wasTakenBack ? (['failed'] as const) : []),
    ...terminated,
  ];
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How soon after a time something that was asked for must have happened. */
function soonAfter({ troubles, steering }: WaitRecord, at: number): number {
  const isTroubled = troubles.some(({ from, to }) => from <= at + CANCEL_MS && to >= at);
  const isNewToWorkers = steering.some(
    ({ did, heardAt = Infinity }) => did === 'resetParentToAfter' && heardAt <= at && heardAt > at - LOOKS_EVERY_MS,
  );
  return isTroubled || isNewToWorkers ? LOOKS_EVERY_MS + RESTART_MS : CANCEL_MS;
}
