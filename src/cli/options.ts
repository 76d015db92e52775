import { type Command, InvalidArgumentError } from 'commander';
import { durationMs } from '../contract/duration.js';
import type { AwaitRedisTaskInput } from '../contract/task/input.js';
import type { RedisTaskPolling } from '../contract/wait/polling.js';
import type { Host } from './host.js';

/** For commands that talk to Temporal. What is left out comes from the environment. */
export interface TemporalFlags {
  readonly address?: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly temporalUi?: string;
  readonly json?: boolean;
}

/** The settings of the environment that flags replace. */
export function temporalVariables({ address, namespace, taskQueue }: TemporalFlags): NodeJS.ProcessEnv {
  return {
    ...(address !== undefined && { TEMPORAL_ADDRESS: address }),
    ...(namespace !== undefined && { TEMPORAL_NAMESPACE: namespace }),
    ...(taskQueue !== undefined && { REDIS_TASK_QUEUE: taskQueue }),
  };
}

export interface TaskFlags extends TemporalFlags {
  readonly region?: string;
}

/** The fields of an input that are flags: `maximumInterval` is `--maximum-interval`. */
const INPUT_FLAGS = {
  maxWait: ['<duration>', 'how long to wait in all (default: 2h)'],
  initialInterval: ['<duration>', 'the first interval between polls'],
  backoffCoefficient: ['<number>', 'what each interval is multiplied by'],
  maximumInterval: ['<duration>', 'the longest interval'],
  jitter: ['<number>', 'the share by which each interval varies, 0 to 0.5'],
  expectedDuration: ['<duration>', 'what this kind of task usually takes'],
  pacing: ['<timers|shared>', 'shared: watched together with other waits, for few calls'],
} satisfies Record<'maxWait' | keyof RedisTaskPolling, readonly [string, string]>;

type InputFlag = keyof typeof INPUT_FLAGS;
const FLAG_NAMES = Object.keys(INPUT_FLAGS) as readonly InputFlag[];

/** A number, or a text for the contract to read or to refuse. */
export type PollingFlags = { readonly [Flag in InputFlag]?: number | string };

export function pollingInput(flags: PollingFlags): Omit<AwaitRedisTaskInput, 'taskId' | 'region'> {
  const given = FLAG_NAMES.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]);
  const { maxWait, ...polling } = Object.fromEntries(given) as PollingFlags;
  return { ...(maxWait !== undefined && { maxWait }), polling: polling as RedisTaskPolling };
}

export function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function withInput(command: Command): Command {
  for (const name of FLAG_NAMES) {
    const [value, description] = INPUT_FLAGS[name];
    command.option(`--${toKebab(name)} ${value}`, description, readAmount);
  }
  return command;
}

/** As in the contract, digits alone are a number; a duration is then in milliseconds. */
export function readAmount(text: string): number | string {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

export function withTemporal(command: Command): Command {
  return command
    .option('--address <host:port>', 'of Temporal (default: TEMPORAL_ADDRESS, or localhost:7233)')
    .option('--namespace <name>', 'in Temporal (default: TEMPORAL_NAMESPACE, or default)')
    .option('--task-queue <name>', 'of the workers (default: REDIS_TASK_QUEUE, or redis-task)');
}

export function withOutput(command: Command): Command {
  const local = 'default for a local server: its port plus 1000';
  return withTemporal(command)
    .option('--temporal-ui <url>', `where Temporal UI is, for links (${local})`)
    .option('--json', 'JSON lines on stdout, in a terminal too');
}

export function withRegion({ env }: Host, command: Command): Command {
  return withOutput(command)
    .option('--region <region>', 'the region of the instances (default: TENCENTCLOUD_REGION)')
    .setOptionValueWithSource('region', env['TENCENTCLOUD_REGION'], 'env');
}

export function readCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}

/** Reads one of several durations, in milliseconds. */
export function readDurations(text: string, before: readonly number[] = []): readonly number[] {
  const ms = durationMs(readAmount(text));
  if (ms !== undefined && ms > 0 && ms <= 30 * 86_400_000) return [...before, ms];
  throw new InvalidArgumentError('It must be a duration up to 30 d, such as 90s, 10m or 1.5h.');
}
