import { parseArgs } from 'node:util';

/** What the simulator's command was asked for. */
export interface SimulatorFlags {
  readonly host: string;
  readonly port: number;
  readonly requestsPerSecond: number | false;
  readonly speed: number;
  readonly help: boolean;
}

export const USAGE = `Usage: simulator [--host 127.0.0.1] [--port 8080] [--rps 20|off] [--speed 1]

  --host   address to listen on
  --port   port to listen on; 0 takes any free one
  --rps    requests a second for each action, host and key; off for no limit
  --speed  how many times faster the demo tasks go on`;

/** Reads the flags; throws an error of one line that names the flag at fault. */
export function readFlags(args: readonly string[]): SimulatorFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8080' },
      rps: { type: 'string', default: '20' },
      speed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    host: values.host,
    port: readNumber('--port', values.port, 'an integer from 0 to 65535', (n) => Number.isInteger(n) && n <= 65_535),
    requestsPerSecond:
      values.rps === 'off'
        ? false
        : readNumber('--rps', values.rps, 'a positive integer, or off', (n) => Number.isInteger(n) && n > 0),
    speed: readNumber('--speed', values.speed, 'a positive number', (n) => n > 0),
    help: values.help,
  };
}

function readNumber(flag: string, text: string, rule: string, holds: (value: number) => boolean): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!holds(value)) throw new Error(`${flag} must be ${rule}, not ${JSON.stringify(text)}.`);
  return value;
}
