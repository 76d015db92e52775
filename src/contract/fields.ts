import * as v from 'valibot';
import { DURATION_TEXT, durationMs, formatDuration, type RedisTaskDuration } from './duration.js';
import type { InvalidField } from './failures.js';
import { cut } from './text.js';

/** One schema for each field of `T`: the compiler refuses one too few, one too many and one of another type. */
export type FieldsOf<T> = { readonly [K in keyof T]-?: v.GenericSchema<OrUndefined<T[K]> | undefined, unknown> };
type OrUndefined<T> = T extends object ? { readonly [K in keyof T]: T[K] | undefined } : T;

/** A time as text. */
export const TIME = v.pipe(v.string(), v.metadata({ format: 'date-time', description: 'ISO-8601 UTC' }));

/** What a value from outside means, or the first of its fields that breaks a rule. */
export type Reading<T> =
  | { readonly output: T; readonly invalid?: undefined }
  | { readonly output?: undefined; readonly invalid: InvalidField };

/** Reads a value from outside. @param name - what the value as a whole is called */
export function read<T>(name: string, schema: v.GenericSchema<unknown, T>, value: unknown): Reading<T> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return { output };
  const [{ path = [], message, type }] = issues;
  const field = cut(path.length === 0 ? name : path.map(({ key }) => key).join('.'), 100);
  // An unknown field may be a secret in the wrong place: its value is not shown.
  if (type === UNKNOWN_FIELD) return { invalid: { field, rule: message } };
  const given = path.reduce<unknown>((each, { key }) => (each as Record<string, unknown>)[String(key)], value);
  const advice = given === null ? ' (null is a value: leave the field out to have its default)' : '';
  return { invalid: { field, rule: message + advice, value: cut(render(given), 100) } };
}

/** Only unknown fields are refused by a check on raw values. */
const UNKNOWN_FIELD = 'raw_check';

/** A JSON object with no other fields than these. @param path - of the object, such as `polling.` */
export function objectWith<E extends v.ObjectEntries>(entries: E, path = '') {
  const known = Object.keys(entries);
  return v.pipe(
    v.custom<v.InferInput<v.StrictObjectSchema<E, undefined>>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      `must be a JSON object with ${known.join(', ')}`,
    ),
    // First of all: a typo must not be ignored.
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      const message = `is not a field of this input; known fields: ${known.map((each) => path + each).join(', ')}`;
      for (const key in input) {
        if (known.includes(key)) continue;
        addIssue({ message, path: [{ type: 'object', origin: 'key', input, key, value: undefined }] });
        return;
      }
    }),
    // A field that is missing breaks the same rule as one that is undefined.
    v.strictObject(entries, ({ path }: v.StrictObjectIssue) => {
      const field = entries[String(path?.[0].key)];
      return (field && v.safeParse(field, undefined).issues?.[0].message) ?? '';
    }),
  );
}

/** A duration between two bounds, in milliseconds. */
export function durationBetween(min: number, max: number, description: string) {
  const bounds = max < Infinity ? ` from ${formatDuration(min)} to ${formatDuration(max)}` : '';
  const rule = `must be a duration${bounds}: a number of milliseconds, or text such as "90s", "1.5h" or "2d"`;
  return v.pipe(
    v.union(
      [
        v.pipe(v.number(), v.minValue(min, rule), v.maxValue(max, rule), v.description('Milliseconds')),
        v.pipe(v.string(), v.regex(DURATION_TEXT, rule)),
      ],
      rule,
    ),
    v.transform((duration: RedisTaskDuration) => durationMs(duration) ?? NaN),
    v.check((ms) => ms >= min && ms <= max && ms < Infinity, rule),
    v.transform(Math.round),
    v.description(description),
  );
}

/** A number between two bounds. */
export function numberBetween(min: number, max: number, description: string) {
  const rule = `must be a number from ${min} to ${max}`;
  return v.pipe(v.number(rule), v.minValue(min, rule), v.maxValue(max, rule), v.description(description));
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
