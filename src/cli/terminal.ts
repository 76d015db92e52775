/** A text from outside as one line that cannot steer a terminal. */
export function printable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?')
    .trim();
}

type Colour = 'red' | 'green' | 'yellow' | 'dim';

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  dim: [2, 22],
};

/** Where a command writes: results to stdout, all that is said about them to stderr. */
export interface Output {
  /** A person reads stdout: text instead of JSON. */
  readonly isHuman: boolean;
  /** stderr is a terminal in which lines may be redrawn. */
  readonly isLive: boolean;
  /** One result: text for a person, otherwise a JSON line. */
  result(value: unknown, text: string): void;
  /** One line on stderr. */
  say(line: string): void;
  paint(colour: Colour, text: string): string;
}

/** The output of this process. `json` makes a terminal a pipe. */
export function createOutput({ json = false }: { readonly json?: boolean | undefined }): Output {
  const isHuman = process.stdout.isTTY && !json;
  const isLive = process.stderr.isTTY && !json;
  const isColoured = (isHuman || isLive) && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return {
    isHuman,
    isLive,
    result: (value, text) => void process.stdout.write(`${isHuman ? text : JSON.stringify(value)}\n`),
    say: (line) => void process.stderr.write(`${line}\n`),
    paint(colour, text) {
      const [on, off] = CODES[colour];
      return isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text;
    },
  };
}

/**
 * Waits for one key. `undefined` when the terminal is closed instead.
 *
 * Raw, so that Ctrl-C is a key as well.
 */
export async function pressedKey(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  stdin.setRawMode(true);
  stdin.resume();
  try {
    return await new Promise((resolve) => {
      stdin.once('data', (data) => resolve(data.toString()));
      stdin.once('end', () => resolve(undefined));
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}
