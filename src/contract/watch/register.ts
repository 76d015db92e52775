// What the workflow of a watch holds: the waits that have joined a moment ago, and what its sweeps have found.
import * as v from 'valibot';
import { MINUTE } from '../duration.js';
import { objectWith, read } from '../fields.js';
import { code, shownTime } from '../markdown.js';
import type { PollError } from '../poll-error.js';
import { REGION } from '../region.js';
import { COUNT } from '../wait/state.js';
import { describeError } from '../wait/view.js';
import { NOT_SWEPT, SWEEP_STATUS, type SweepStatus, WATCHED_WAIT, type WatchedWait } from './watch.js';

/** By then the server's list of open workflows has a wait that has joined, and every sweep has asked for it. */
const JOINS_KEPT_MS = 2 * MINUTE;

const WATCH_INPUT = objectWith({
  /** The region of the tasks. */
  region: REGION,
});

/**
 * The input of `watchRedisTasks`: one JSON object. Waits start their watch themselves.
 *
 * @interface
 *
 * @example
 * ```ts
 * const input: WatchInput = { region: 'ap-guangzhou' };
 * ```
 */
export type WatchInput = Readonly<v.InferInput<typeof WATCH_INPUT>>;

const WATCH_REGISTER = v.looseObject({
  v: v.literal(1),
  /** The latest joins, and how many there were in all. */
  latest: v.array(WATCHED_WAIT),
  joins: COUNT,
  status: SWEEP_STATUS,
});
export type WatchRegister = Readonly<v.InferOutput<typeof WATCH_REGISTER>>;

/** What a sweep asks a watch for. */
export interface WatchJoins {
  readonly waits: readonly WatchedWait[];
  readonly joins: number;
}

/** What the query `getState` of a watch answers. Times are ISO-8601 UTC. */
export interface RedisTaskWatchState {
  readonly region: string;
  /** Waits that are watched, as of the last report of the sweeps: one comes with news, and at least every minute. */
  readonly waits: number;
  /** How often the tasks were listed. */
  readonly sweeps: number;
  readonly lastSweepAt: string | null;
  /** Unfinished tasks in the last sweep, waited for or not. */
  readonly tasksListed: number;
  /** Why the last sweep failed; left out when it did not. */
  readonly lastError?: PollError;
}

/** Reads the input of the workflow and of its sweeps: the region becomes a host name. @throws InvalidInputFailure */
export function readWatchInput(input: unknown): WatchInput {
  return read(WATCH_INPUT, input, 'input', 'Invalid input of a watch: %.');
}

/**
 * Reads the arguments of the workflow. A register that an unknown version has carried over is left behind: the waits are
 * found again.
 *
 * @throws InvalidInputFailure
 */
export function readWatchArguments(input: unknown, carried: unknown) {
  const { region } = readWatchInput(input);
  return { region, register: v.parse(v.fallback(v.optional(WATCH_REGISTER), undefined), carried) };
}

export function beginRegister(): WatchRegister {
  return { v: 1, latest: [], joins: 0, status: NOT_SWEPT };
}

export function joinedRegister(register: WatchRegister, waits: readonly WatchedWait[], now: number): WatchRegister {
  const latest = [...register.latest, ...waits].filter(({ joinedAt }) => now - joinedAt < JOINS_KEPT_MS);
  return { ...register, latest, joins: register.joins + waits.length };
}

/** The joins after so many that are known already, as far as they are kept. */
export function joinedAfter({ latest, joins }: WatchRegister, known: unknown): WatchJoins {
  const unknown = Math.max(0, joins - (typeof known === 'number' ? known : 0));
  return { waits: unknown === 0 ? [] : latest.slice(-unknown), joins };
}

export function sweptRegister(register: WatchRegister, status: SweepStatus | undefined): WatchRegister {
  return status ? { ...register, status } : register;
}

export function watchView(region: string, status: SweepStatus): RedisTaskWatchState {
  const { waits, sweeps, lastSweepAt, tasksListed, lastError } = status;
  return {
    region,
    waits,
    sweeps,
    lastSweepAt: lastSweepAt === null ? null : new Date(lastSweepAt).toISOString(),
    tasksListed,
    ...(lastError && { lastError }),
  };
}

/** The current details of a watch in Temporal UI, in Markdown. */
export function watchMarkdown(region: string, status: SweepStatus, apiQueue: string): string {
  const { waits, sweeps, lastSweepAt, tasksListed, lastError, blockedUntil } = status;
  return [
    `**Watch of the shared waits in ${region}**`,
    '',
    `- Waits: ${waits}`,
    `- Sweeps of the list: ${sweeps}`,
    `- Last sweep: ${lastSweepAt === null ? 'none yet' : `${shownTime(lastSweepAt)}, ${tasksListed} unfinished tasks, waited for or not`}`,
    ...(lastError ? [`- Last error: ${describeError(lastError)}`] : []),
    ...(blockedUntil === null ? [] : [`- Cannot list until: ${shownTime(blockedUntil)}. Waits pace themselves`]),
    '',
    `Reported with news, and at least every minute: Pending Activities has the latest sweep. Terminating the watch loses nothing: a worker of ${code(apiQueue)} starts it again within a minute.`,
  ].join('\n');
}
