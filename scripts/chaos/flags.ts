import { parseArgs } from 'node:util';

/** How rough a run is, and how long. */
export interface ChaosFlags {
  readonly waits: number;
  /** How long things go wrong; then all that is left must end. */
  readonly seconds: number;
  readonly workers: number;
  /** What the workers are told; the simulated API takes a third more, as the real one does. */
  readonly rps: number;
  /** The share of calls that go wrong. */
  readonly faults: number;
  /** How often a worker is killed, in seconds. */
  readonly killEvery: number;
  /** Whether the Temporal server is killed too, once. */
  readonly killServer: boolean;
  /** The same seed makes the same tasks and the same dice; what falls together in time differs from run to run. */
  readonly seed: number;
  /** How long the rest may take after the last fault, in seconds. */
  readonly drain: number;
}

/** Reads the command line. @throws TypeError that names the flag */
export function readFlags(args: readonly string[]): ChaosFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      waits: { type: 'string', default: '60' },
      seconds: { type: 'string', default: '30' },
      workers: { type: 'string', default: '2' },
      rps: { type: 'string', default: '15' },
      faults: { type: 'string', default: '0.3' },
      'kill-every': { type: 'string', default: '10' },
      'no-kill-server': { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      drain: { type: 'string', default: '90' },
    },
  });
  return {
    waits: whole('waits', values.waits, 1, 100_000),
    seconds: whole('seconds', values.seconds, 10, 86_400),
    workers: whole('workers', values.workers, 1, 20),
    rps: whole('rps', values.rps, 1, 20),
    faults: between('faults', values.faults, 0, 0.9),
    killEvery: whole('kill-every', values['kill-every'], 1, 86_400),
    killServer: !values['no-kill-server'],
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1),
    drain: whole('drain', values.drain, 1, 3_600),
  };
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = between(flag, text, min, max);
  if (!Number.isInteger(value)) throw new TypeError(`--${flag} must be a whole number, not ${text}`);
  return value;
}

function between(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new TypeError(`--${flag} must be a number from ${min} to ${max}, not ${text}`);
  return value;
}
