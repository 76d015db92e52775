import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import type { Host } from './host.js';

/** A text from outside as one line that cannot control a terminal. */
export function printable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?')
    .trim();
}

/** Parts of a text on as few lines as hold them, the later ones indented. A part that is too long itself is not cut. */
export function fold(parts: readonly string[], columns: number): string {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = `${last ?? ''} · ${part}`;
    if (last !== undefined && joined.length < columns) lines[lines.length - 1] = joined;
    else lines.push(last === undefined ? part : `  ${part}`);
  }
  return lines.join('\n');
}

const COLOURS = { red: [31, 39], green: [32, 39], yellow: [33, 39], dim: [2, 22] } as const;

/**
 * Where a command writes: results to stdout, everything else to stderr.
 *
 * @param json - treats a terminal as a pipe
 */
export function createOutput({ env, stdout, stderr }: Host, { json = false }: { readonly json?: boolean }) {
  const isHuman = stdout.isTTY === true && !json;
  const isLive = stderr.isTTY === true && !json;
  const isColoured = (isHuman || isLive) && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return {
    /** stdout is a terminal: text instead of JSON. */
    isHuman,
    /** stderr is a terminal, where lines can be redrawn. */
    isLive,
    columns: stdout.columns || 80,
    /** Writes one result: the text for a person, otherwise the value as a JSON line. */
    result: (value: unknown, text: string) => void stdout.write(`${isHuman ? text : JSON.stringify(value)}\n`),
    /** Colours are for a terminal, which stdout may be and stderr not. */
    say: (line: string) => void stderr.write(`${isLive ? line : stripVTControlCharacters(line)}\n`),
    paint(colour: keyof typeof COLOURS, text: string): string {
      const [on, off] = COLOURS[colour];
      return isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text;
    },
  };
}

export type Output = ReturnType<typeof createOutput>;

/** Waits for one key; undefined when the terminal closes. In raw mode Ctrl-C is a key, too. */
export async function pressedKey(stdin: Host['stdin']): Promise<string | undefined> {
  stdin.setRawMode?.(true);
  stdin.resume();
  try {
    const closed = once(stdin, 'end').then(() => undefined);
    return await Promise.race([once(stdin, 'data').then(String), closed]);
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
  }
}
