import * as v from 'valibot';
import { formatDuration } from './duration.js';
import { InvalidInputFailure, type RedisTaskFailureDetails } from './failures.js';
import { objectWith, read } from './fields.js';
import { maxWait } from './input.js';

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
  const deadlineOf = ({ maxWait }: { maxWait: number }) => startedAt + maxWait;
  const schema = v.pipe(
    EXTENSION,
    v.forward(
      v.check(
        (extension) => deadlineOf(extension) > now,
        `must end after now: this wait has lasted ${formatDuration(now - startedAt)} already`,
      ),
      ['maxWait'],
    ),
  );
  const { output, invalid } = read('extendWait', schema, argument);
  if (invalid) throw new InvalidInputFailure(invalid, 'extendWait refused: %. The wait goes on as before.', facts);
  return deadlineOf(output);
}

/** The deadline after the `joinWait` signal. An argument that breaks a rule leaves it as it is. */
export function joinedDeadline(argument: unknown, deadline: number, now: number): number {
  const { output } = read('joinWait', EXTENSION, argument);
  return Math.max(deadline, output ? now + output.maxWait : 0);
}
