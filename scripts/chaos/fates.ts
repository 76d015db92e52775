import type { AwaitRedisTaskInput, RedisTaskFailureType } from 'temporal-tencent-redis';
import type { TaskScript } from 'temporal-tencent-redis/testing';
import type { Dice } from './dice.js';

export const REGION = 'ap-guangzhou';

/** How a wait has to end. */
export type Ending = 'succeeded' | 'cancelled' | RedisTaskFailureType;

/** Something that happens to a wait while it goes on, so long after its start. */
export interface Act {
  readonly does: 'startAgain' | 'pollNow' | 'extendWait' | 'cancel' | 'hearItForgotten';
  readonly afterMs: number;
}

/** What truly becomes of one task, and of the wait for it. */
export interface Fate {
  readonly taskId: number;
  /** When the task begins and the wait for it is started, from the beginning of the run. */
  readonly startsAtMs: number;
  /** Undefined: the API has no such task. */
  readonly script: TaskScript | undefined;
  /** How long the task goes on; null when it never ends. */
  readonly lastsMs: number | null;
  /** The status and the message at its end. */
  readonly last: { readonly status: string; readonly message: string } | undefined;
  readonly input: AwaitRedisTaskInput & { readonly taskId: number; readonly maxWait: number };
  readonly acts: readonly Act[];
  /** How the wait must end, given that the client's acts arrive. */
  readonly ending: Ending;
}

type Kind = 'succeeds' | 'fails' | 'errs' | 'errsLoudly' | 'neverEnds' | 'isCancelled' | 'isMissing' | 'isExtended';

/** How often each kind is dealt in 25: every run of some size has all of them, whatever the dice say. */
const DECK: readonly Kind[] = Object.entries({
  succeeds: 9,
  fails: 4,
  errs: 2,
  errsLoudly: 1,
  neverEnds: 3,
  isCancelled: 3,
  isMissing: 1,
  isExtended: 2,
}).flatMap(([kind, count]) => Array<Kind>(count).fill(kind as Kind));

const ENDS: Partial<Record<Kind, { readonly status: string; readonly message: string; readonly ending: Ending }>> = {
  succeeds: { status: 'succeed', message: 'ok', ending: 'succeeded' },
  isExtended: { status: 'succeed', message: '', ending: 'succeeded' },
  fails: { status: 'failed', message: 'disk full on shard 3', ending: 'RedisTaskFailed' },
  errs: { status: 'error', message: 'the flow was aborted', ending: 'RedisTaskErrored' },
  errsLoudly: { status: 'Error', message: 'The flow was aborted.', ending: 'RedisTaskErrored' },
};

const OTHER_ENDINGS: Partial<Record<Kind, Ending>> = {
  neverEnds: 'RedisTaskTimedOut',
  isCancelled: 'cancelled',
  isMissing: 'RedisTaskRejected',
};

const PLENTY_MS = 1_800_000;

/**
 * Deals a fate to each of so many tasks. They begin in the first 55 % of the run and end, if at all, before it does.
 *
 * The API's budget is what they are tuned to: 500 waits in two minutes, a third of their calls made again, leave about
 * three polls to each at 15 a second. So each wait is told roughly what its task takes, and polls no faster than every
 * 4 to 15 s.
 */
export function dealFates(waits: number, seconds: number, dice: Dice): readonly Fate[] {
  const decks = Array.from({ length: Math.ceil(waits / DECK.length) }, () => dice.shuffled(DECK));
  return decks
    .flat()
    .slice(0, waits)
    .map((kind, index) => dealOne(kind, 700_001 + index, seconds * 1_000, dice));
}

function dealOne(kind: Kind, taskId: number, runMs: number, dice: Dice): Fate {
  const { ending, ...last } = ENDS[kind] ?? { ending: OTHER_ENDINGS[kind] ?? 'succeeded' };
  const ends = 'status' in last;
  const lastsMs = ends ? Math.round(lengthOf(kind, runMs, dice)) : null;
  const usualMs = lastsMs ?? runMs / 4;
  return {
    taskId,
    startsAtMs: Math.round(dice.between(0, 0.55 * runMs)),
    script: kind === 'isMissing' ? undefined : scriptOf(taskId, lastsMs, ends ? last : undefined, dice),
    lastsMs,
    last: ends ? last : undefined,
    input: {
      taskId,
      region: REGION,
      maxWait: Math.round(maxWaitOf(kind, runMs, dice)),
      polling: {
        initialInterval: '4s',
        backoffCoefficient: 1.5,
        maximumInterval: '15s',
        expectedDuration: Math.round(usualMs * dice.between(0.8, 1.25)),
      },
    },
    acts: actsOf(kind, runMs, usualMs, dice),
    ending,
  };
}

function lengthOf(kind: Kind, runMs: number, dice: Dice): number {
  return kind === 'isExtended' ? dice.between(0.38, 0.42) * runMs : dice.between(0.1, 0.4) * runMs;
}

function maxWaitOf(kind: Kind, runMs: number, dice: Dice): number {
  if (kind === 'neverEnds') return dice.between(0.1, 0.35) * runMs;
  return kind === 'isExtended' ? 0.35 * runMs : PLENTY_MS;
}

function scriptOf(taskId: number, lastsMs: number | null, last: Fate['last'], dice: Dice): TaskScript {
  const odd = dice.chance(0.25) ? 'verifying' : 'running';
  const visibleAfterMs = dice.chance(0.1) ? 2_000 : 0;
  const facts = { instanceId: `crs-${taskId}`, visibleAfterMs };
  if (lastsMs === null || last === undefined) return { ...facts, timeline: [{ status: odd }] };
  const half = lastsMs / 2;
  return { ...facts, timeline: [{ status: 'running', forMs: half }, { status: odd, forMs: half }, last] };
}

function actsOf(kind: Kind, runMs: number, usualMs: number, dice: Dice): readonly Act[] {
  const acts: Act[] = [];
  if (dice.chance(0.1)) acts.push({ does: 'startAgain', afterMs: 500 });
  if (dice.chance(0.25)) acts.push({ does: 'pollNow', afterMs: dice.between(0.3, 1.1) * usualMs });
  if (dice.chance(0.15) && kind !== 'isMissing') {
    acts.push({ does: 'hearItForgotten', afterMs: dice.between(0.3, 0.6) * usualMs });
  }
  if (kind === 'isExtended') acts.push({ does: 'extendWait', afterMs: dice.between(0.03, 0.1) * runMs });
  if (kind === 'isCancelled') acts.push({ does: 'cancel', afterMs: dice.between(0.05, 0.35) * runMs });
  return acts;
}
