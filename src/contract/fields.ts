import * as v from 'valibot';
import { DURATION_TEXT, durationMs, formatDuration, type RedisTaskDuration } from './duration.js';
import { type InvalidInputDetails, InvalidInputFailure } from './invalid-input.js';
import { cut } from './text.js';

/**
 * Reads a value from outside.
 *
 * @param name - what the value as a whole is called
 * @param refusal - the message of a refusal, with `%` where the broken rule goes
 * @param known - what is known of the wait already
 * @throws InvalidInputFailure that names a field that breaks a rule
 */
export function read<T>(
  schema: v.GenericSchema<unknown, T>,
  value: unknown,
  name: string,
  refusal: string,
  known?: Partial<InvalidInputDetails>,
): T {
  const { success, output, issues } = v.safeParse(schema, value, { abortPipeEarly: true });
  if (success) return output;
  // A typo first: it explains why another field is missing.
  const stray = issues.find(({ type, expected }) => type === 'strict_object' && expected === 'never');
  const { path = [], message: rule } = stray ?? issues[0];
  const field = cut(path.length === 0 ? name : path.map(({ key }) => key).join('.'), 100);
  // An unknown field may be a secret in the wrong place: its value is not shown.
  if (stray) throw new InvalidInputFailure({ field, rule }, refusal, known);
  const given = path.reduce<unknown>((each, { key }) => (each as Record<string, unknown>)[String(key)], value);
  const advice = given === null ? ' (null is a value: leave the field out to have its default)' : '';
  throw new InvalidInputFailure({ field, rule: rule + advice, value: cut(render(given), 100) }, refusal, known);
}

/** The type inferred from it has the comments of its entries. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- declarations would not name a type alias
export interface ObjectWith<E extends v.ObjectEntries> extends v.GenericSchema<
  v.InferInput<v.StrictObjectSchema<E, undefined>>,
  v.InferOutput<v.StrictObjectSchema<E, undefined>>
> {}

/** A JSON object with no other fields than these. @param path - of the object, such as `polling.` */
export function objectWith<E extends v.ObjectEntries>(entries: E, path = ''): ObjectWith<E> {
  const names = Object.keys(entries);
  return v.pipe(
    v.custom<v.InferInput<ObjectWith<E>>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      `must be a JSON object with ${names.join(', ')}`,
    ),
    v.strictObject(entries, (issue: v.StrictObjectIssue) => {
      if (issue.expected === 'never') {
        return `is not a field of this input; known fields: ${names.map((name) => path + name).join(', ')}`;
      }
      // A field that is missing breaks the same rule as one that is undefined.
      const field = entries[String(issue.path?.[0].key)];
      return (field && v.safeParse(field, undefined).issues?.[0].message) ?? '';
    }),
  );
}

/** A duration between two bounds, in milliseconds. */
export function durationBetween(
  min: number,
  max: number,
  description: string,
): v.GenericSchema<RedisTaskDuration, number> {
  const bounds = max < Infinity ? ` from ${formatDuration(min)} to ${formatDuration(max)}` : '';
  return v.message(
    v.pipe(
      v.union([
        v.pipe(v.number(), v.minValue(min), v.maxValue(max), v.description('Milliseconds')),
        v.pipe(v.string(), v.regex(DURATION_TEXT)),
      ]),
      v.transform((duration: RedisTaskDuration) => durationMs(duration) ?? NaN),
      v.check((ms) => ms >= min && ms <= max && ms < Infinity),
      v.transform(Math.round),
      v.description(description),
    ),
    `must be a duration${bounds}: a number of milliseconds, or text such as "90s", "1.5h" or "2d"`,
  );
}

/** A number between two bounds. */
export function numberBetween(min: number, max: number, description: string): v.GenericSchema<number> {
  const rule = `must be a number from ${min} to ${max}`;
  return v.message(v.pipe(v.number(), v.minValue(min), v.maxValue(max), v.description(description)), rule);
}

/** A value as JSON. What stands in an object's fields is left out: it may be a secret. */
function render(value: unknown): string {
  if (value === undefined) return 'missing';
  return Array.isArray(value) ? `[${value.slice(0, 10).map(renderFlat).join(', ')}]` : renderFlat(value);
}

function renderFlat(value: unknown): string {
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).slice(0, 10).join(', ')}}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  return String(value);
}
