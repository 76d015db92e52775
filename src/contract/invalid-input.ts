import type { RedisTaskFailure } from './failures.js';
import type { InvalidField } from './rules.js';

/** The failure of an input that breaks a rule. */
export type InvalidInputFailure = Extract<RedisTaskFailure, { type: 'RedisTaskInvalidInput' }>;

const NOTHING_KNOWN = {
  taskId: null,
  region: null,
  status: null,
  message: null,
  taskType: null,
  instanceId: null,
  startTime: null,
  requestId: null,
  polls: 0,
  waitedMs: 0,
} as const;

/**
 * The failure that a broken rule means.
 *
 * @param known - what is known of the wait already
 */
export function invalidInput(
  invalid: InvalidField,
  message: (invalid: InvalidField) => string,
  known: Partial<InvalidInputFailure['details']>,
): InvalidInputFailure {
  const { field, rule } = invalid;
  const details = { ...NOTHING_KNOWN, ...known, invalid: { field, rule } };
  return { type: 'RedisTaskInvalidInput', message: message(invalid), details };
}
