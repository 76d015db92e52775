import { durationMs, type RedisTaskDuration } from '../../contract/duration.js';

/** Reads a duration of a script: someone who writes JavaScript may have misspelt it. @throws TypeError */
export function readDuration(name: string, of: string, duration: RedisTaskDuration): number {
  const ms = durationMs(duration);
  if (ms !== undefined) return ms;
  const rule = 'must be a number of milliseconds, or text such as "3m"';
  throw new TypeError(`${name} of ${of} is ${JSON.stringify(duration)}, but it ${rule}`);
}

/** @throws TypeError when nothing of this kind ends in that failure */
export function checkFails(kind: string, of: string, fails: string | undefined, known: readonly string[]): void {
  if (fails === undefined || known.includes(fails)) return;
  throw new TypeError(`fails of ${of} is ${JSON.stringify(fails)}, which is no failure that ${kind} ends in`);
}

/** Refuses a field that no ending has: someone who writes JavaScript may have misspelt it. @throws TypeError */
export function checkFields(of: string, ending: object, known: readonly string[]): void {
  const unknown = Object.keys(ending).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`The ending of ${of} has the field "${unknown}", but there are only ${known.join(', ')}`);
}
