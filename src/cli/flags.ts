import { type InvalidField, InvalidInputFailure } from '../contract/invalid-input.js';
import { type AwaitRedisTaskInput, readInput, type WaitPlan } from '../contract/task/input.js';
import { CliError, EXIT } from './exit-codes.js';
import { toKebab, type PollingFlags, pollingInput, type TaskFlags } from './options.js';
import { printable } from './terminal.js';

export interface Task {
  readonly taskId: number;
  readonly region: string;
  readonly input: AwaitRedisTaskInput;
}

/** Reads the tasks of a command line without duplicates. @throws CliError */
export function readTasks(taskIds: readonly string[], flags: TaskFlags & PollingFlags): readonly Task[] {
  const tasks = taskIds.map((taskId) => readTask(taskId, flags));
  return [...new Map(tasks.map((task) => [task.taskId, task])).values()];
}

/** @throws CliError */
export function readTask(text: string, { region, ...flags }: TaskFlags & PollingFlags): Task {
  if (!region)
    throw new CliError(EXIT.usage, 'Which region? Give --region, such as ap-guangzhou, or set TENCENTCLOUD_REGION.');
  const input = { taskId: text, region, ...pollingInput(flags) };
  return { taskId: readPlan(input).taskId, region, input };
}

/** Reads an input. @throws CliError that speaks of flags */
export function readPlan(input: unknown, maxWaitFlag = '--max-wait'): WaitPlan {
  try {
    return readInput(input);
  } catch (error) {
    throw error instanceof InvalidInputFailure
      ? new CliError(EXIT.usage, wordAsFlags(error.invalid, maxWaitFlag))
      : error;
  }
}

/** A broken rule in the words of the command line: `polling.maximumInterval` is `--maximum-interval` here. */
function wordAsFlags({ field, value, rule }: InvalidField, maxWaitFlag: string): string {
  const names: Readonly<Record<string, string>> = { taskId: 'task id', maxWait: maxWaitFlag };
  const flag = (name: string) => names[name] ?? `--${toKebab(name.replace('polling.', ''))}`;
  const given = value === undefined ? '' : ` is ${value}, but it`;
  return printable(`${flag(field)}${given} ${rule.replace(/polling\.\w+/g, flag)}.`);
}
