/** Units of time, in milliseconds. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** A time span: a number of milliseconds, or text such as `"90s"`, `"1.5h"`, `"30d"` (units `ms`, `s`, `m`, `h`, `d`). */
export type RedisTaskDuration = number | string;

/** A duration as text: an amount and its unit. */
export const DURATION_TEXT = /^\d+(\.\d+)?(ms|s|m|h|d)$/;

/** The milliseconds of a {@link RedisTaskDuration}, or `undefined` when the value is not one. */
export function durationMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const [, , unit] = DURATION_TEXT.exec(value) ?? [];
  if (unit === undefined) return undefined;
  const ms = Number(value.slice(0, -unit.length)) * (UNITS[unit] ?? NaN);
  return Number.isFinite(ms) ? ms : undefined;
}

/**
 * A time span as a person reads it: `850 ms`, `41.2 s`, `2 min 5 s`, `3 h 20 min`, `1 d 4 h`.
 *
 * @example
 * ```ts
 * formatDuration(125_000); // '2 min 5 s'
 * ```
 */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE - 50) return `${Number((ms / SECOND).toFixed(1))} s`;
  if (ms < HOUR - 500) return inTwoUnits(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY - MINUTE / 2) return inTwoUnits(ms, HOUR, 'h', MINUTE, 'min');
  return inTwoUnits(ms, DAY, 'd', HOUR, 'h');
}

function inTwoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const smalls = Math.round(ms / small);
  const rest = smalls % (large / small);
  const whole = `${Math.floor(smalls / (large / small))} ${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`;
}
