import * as v from 'valibot';
import { formatDuration } from '../duration.js';
import { objectWith, read } from '../fields.js';
import { maxWait } from '../wait/polling.js';
import type { RedisTaskFailureDetails } from './failures.js';

/** The schema of the argument of the `extendWait` update. */
export const EXTENSION = objectWith({ maxWait: maxWait('The new total, counted from the start of the wait') });

/**
 * Reads the argument of the `extendWait` update: the deadline that the new total of `maxWait` means.
 *
 * @param facts - of the wait, for the failure
 */
export function readDeadline(
  argument: unknown,
  startedAt: number,
  now: number,
  facts?: RedisTaskFailureDetails,
): number {
  const lastedMs = now - startedAt;
  const rule = `must end after now: this wait has lasted ${formatDuration(lastedMs)} already`;
  const schema = v.pipe(
    EXTENSION,
    v.forward(
      v.check(({ maxWait }) => maxWait > lastedMs, rule),
      ['maxWait'],
    ),
  );
  const refusal = 'extendWait refused: %. The wait goes on as before.';
  return startedAt + read(schema, argument, 'extendWait', refusal, facts).maxWait;
}

/** The deadline after the `joinWait` signal. An argument that breaks a rule leaves it as it is. */
export function joinedDeadline(argument: unknown, deadline: number, now: number): number {
  const { success, output } = v.safeParse(EXTENSION, argument);
  return success ? Math.max(deadline, now + output.maxWait) : deadline;
}
