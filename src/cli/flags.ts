import { type InvalidField, InvalidInputFailure } from '../contract/failures.js';
import { type AwaitRedisTaskInput, readInput, type WaitPlan } from '../contract/input.js';
import { CliError, EXIT } from './exit-codes.js';
import { printable } from './terminal.js';

/** What every command that talks to Temporal can be told. Left out, the environment decides. */
export interface TemporalFlags {
  readonly address?: string;
  readonly namespace?: string;
  readonly taskQueue?: string;
  readonly temporalUi?: string;
  readonly json?: boolean;
}

/** Which tasks a command is about. */
export interface TaskFlags extends TemporalFlags {
  readonly region?: string;
}

/** The contract's fields about polling, as texts. */
export interface PollingFlags {
  readonly maxWait?: string;
  readonly initialInterval?: string;
  readonly backoffCoefficient?: string;
  readonly maximumInterval?: string;
  readonly jitter?: string;
  readonly expectedDuration?: string;
}

/** A task of the command line whose input keeps the rules. */
export interface Task {
  readonly taskId: number;
  readonly region: string;
  readonly input: AwaitRedisTaskInput;
  readonly plan: WaitPlan;
}

/** Reads the tasks of a command line, each once. @throws CliError before anything is sent */
export function readTasks(taskIds: readonly string[], flags: TaskFlags & PollingFlags): readonly Task[] {
  const region = flags.region ?? process.env['TENCENTCLOUD_REGION'];
  if (!region)
    throw new CliError(EXIT.usage, 'Which region? Give --region, such as ap-guangzhou, or set TENCENTCLOUD_REGION.');
  const tasks = taskIds.map((taskId) => {
    const input = { taskId, region, ...pollingInput(flags) };
    const plan = readPlan(input);
    return { taskId: plan.taskId, region, input, plan };
  });
  return [...new Map(tasks.map((task) => [task.taskId, task])).values()];
}

/** Reads an input. @throws CliError that speaks of flags */
export function readPlan(input: unknown): WaitPlan {
  try {
    return readInput(input);
  } catch (error) {
    throw error instanceof InvalidInputFailure ? new CliError(EXIT.usage, wordAsFlags(error.invalid)) : error;
  }
}

/** The part of an input that flags about polling make. */
export function pollingInput(flags: PollingFlags): Omit<AwaitRedisTaskInput, 'taskId' | 'region'> {
  const { maxWait, initialInterval, backoffCoefficient, maximumInterval, jitter, expectedDuration } = flags;
  const polling = given({
    initialInterval: duration(initialInterval),
    backoffCoefficient: amount(backoffCoefficient),
    maximumInterval: duration(maximumInterval),
    jitter: amount(jitter),
    expectedDuration: duration(expectedDuration),
  });
  return given({
    maxWait: duration(maxWait),
    polling: Object.keys(polling).length > 0 ? polling : undefined,
  });
}

/** As in the contract, a duration of digits alone is a number of milliseconds. */
export function duration(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** A text that is no number stays as it is, for the contract's rule to refuse. */
function amount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : (text as number | undefined);
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** A broken rule in the words of the command line: `polling.maximumInterval` is `--maximum-interval` here. */
function wordAsFlags({ field, value, rule }: InvalidField): string {
  const flag = (name: string) => (name === 'taskId' ? 'task id' : `--${kebab(name.replace('polling.', ''))}`);
  const given = value === undefined ? '' : ` is ${value}, but it`;
  return printable(`${flag(field)}${given} ${rule.replace(/polling\.\w+/g, flag)}.`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
