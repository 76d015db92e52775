// Texts and times as Temporal UI shows them.
import { plain } from './text.js';

/**
 * A text from outside as inline code on one line, so that it cannot become a link, a picture or HTML. The marks are one
 * longer than any run of backticks in the text.
 */
export function code(text: string, max = 300): string {
  const line = plain(text, max);
  if (line === '') return '(empty)';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const marks = '`'.repeat(longest + 1);
  // Markdown drops this space.
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${space}${line}${space}${marks}`;
}

/** A value as code, to copy: all of it. */
export function codeOf(value: object): string {
  return code(JSON.stringify(value), Infinity);
}

/** ISO-8601 UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A time for people: `2026-11-22 10:00:00 UTC`. */
export function shownTime(ms: number): string {
  const iso = isoTime(ms);
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** A time that came as text from a worker. */
export function shownText(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? code(time) : shownTime(ms);
}

/** A text from outside in a summary: words as they are, since the Timeline shows the marks of code. */
export function words(text: string, max: number): string {
  const line = plain(text, max);
  return /^[a-z ]+$/i.test(line) ? line : code(line, max);
}
