import { InvalidFieldError, refuse } from './rules.js';
import type { WaitState } from './wait.js';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** Beyond it, milliseconds are no time that can be shown, and showing is what a wait does first. */
const LAST_INSTANT_MS = Date.parse('9999-12-31T23:59:59Z');
const instant: Check = (value) => count(value) && Number(value) <= LAST_INSTANT_MS;
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
/** Fields beyond these are let through: a newer worker may have carried them before this one took over. */
const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([key, check]) => check((value as Readonly<Record<string, unknown>>)[key]));

const FIELDS = {
  v: (value) => value === 1,
  stage: (value) => value === 'pausing' || value === 'polling' || value === 'ended',
  startedAt: instant,
  deadline: instant,
  firstPollAt: nullable(instant),
  soonestAt: instant,
  paceAt: instant,
  paceStep: count,
  requestedAt: nullable(instant),
  polls: count,
  unfinishedAt: nullable(instant),
  observation: nullable(
    object({
      status: text,
      taskType: nullable(text),
      instanceId: nullable(text),
      startTime: nullable(text),
      message: nullable(text),
      requestId: nullable(text),
      at: text,
    }),
  ),
  lastError: nullable(object({ code: text, message: text, requestId: nullable(text), at: text })),
  missing: flag,
  failingSince: nullable(instant),
  refusals: count,
  refusedSince: nullable(instant),
  warned: (value) => Array.isArray(value) && value.every(text),
} as const satisfies Record<keyof WaitState, Check>;

/**
 * Reads the second argument of the workflow: what an earlier run of the same wait carried over when its history grew
 * long. Internal, so anything else there is refused; its fields are not printed.
 */
export function readCarriedState(argument: unknown): WaitState | undefined {
  if (argument === undefined) return undefined;
  if (typeof argument !== 'object' || argument === null || !('v' in argument) || argument.v !== 1) {
    refuse('state', argument, 'must be left out: the second argument is only for the workflow itself');
  }
  if (!object(FIELDS)(argument)) {
    const rule = 'is not a state that this version of the workflow carried over: leave the second argument out';
    throw new InvalidFieldError({ field: 'state', rule });
  }
  return argument as WaitState;
}
