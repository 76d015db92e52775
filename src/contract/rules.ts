import { durationMs, formatDuration } from './duration.js';
import { cut } from './text.js';

/** A field that breaks a rule. `value` is ready to print; it is missing where printing could give away a secret. */
export interface InvalidField {
  readonly field: string;
  readonly rule: string;
  readonly value?: string;
}

/** Thrown by the readers below and turned into a failure at the border: it never leaves the contract. */
export class InvalidFieldError extends Error {
  constructor(readonly invalid: InvalidField) {
    super(`${invalid.field}: ${invalid.rule}`);
  }
}

/** Refuses a value: names the field, what it is, and the rule it breaks. */
export function refuse(field: string, value: unknown, rule: string): never {
  const advice = value === null ? ' (null is a value: leave the field out to have its default)' : '';
  throw new InvalidFieldError({ field: cut(field, 100), rule: rule + advice, value: show(value) });
}

/** A JSON object with no other fields than those of `known`. */
export function objectWith<K extends string>(
  field: string,
  value: unknown,
  known: readonly K[],
): Readonly<Partial<Record<K, unknown>>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(field, value, `must be a JSON object with ${known.join(', ')}`);
  }
  const path = field === 'input' || field === 'extendWait' ? '' : `${field}.`;
  const unknown = Object.keys(value).find((key) => !(known as readonly string[]).includes(key));
  if (unknown !== undefined) {
    // A typo must not be ignored, and its value must not be shown: it may be a secret in the wrong place.
    const rule = `is not a field of this input; known fields: ${known.map((each) => path + each).join(', ')}`;
    throw new InvalidFieldError({ field: cut(path + unknown, 100), rule });
  }
  return value as Readonly<Partial<Record<K, unknown>>>;
}

/** The least and the most that a number may be; both are allowed. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A duration between two bounds, in milliseconds. */
export function durationBetween(field: string, value: unknown, { min, max }: Bounds): number {
  const bounds = Number.isFinite(max) ? ` from ${formatDuration(min)} to ${formatDuration(max)}` : '';
  const rule = `must be a duration${bounds}: a number of milliseconds, or text such as "90s", "1.5h" or "2d"`;
  const ms = durationMs(value);
  if (ms === undefined || ms < min || ms > max) refuse(field, value, rule);
  return Math.round(ms);
}

/** A number between two bounds. */
export function numberBetween(field: string, value: unknown, { min, max }: Bounds): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    refuse(field, value, `must be a number from ${min} to ${max}`);
  }
  return value;
}

/** A value as JSON, at most 100 characters. What stands in an object's fields is left out: it may be a secret. */
function show(value: unknown): string {
  return cut(render(value), 100);
}

function render(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `[${value.slice(0, 10).map(renderFlat).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  return renderFlat(value);
}

function renderFlat(value: unknown): string {
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).slice(0, 10).join(', ')}}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  return String(value);
}
