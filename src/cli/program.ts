import { Command } from 'commander';
import { COMMANDS } from './commands.js';
import type { ExitCode } from './exit-codes.js';
import type { Host } from './host.js';
import {
  readAmount,
  readCount,
  readDurations,
  type TemporalFlags,
  temporalVariables,
  withInput,
  withOutput,
  withRegion,
  withTemporal,
} from './options.js';

const EXIT_CODES = `
Exit codes:
  0 succeeded   3 no such wait   5 timed out   7 errored    9 no worker on the queue
  1 error       4 cancelled      6 failed      8 refused   10 no connection to Temporal
  2 bad usage                                             130 stopped by Ctrl-C
Of several tasks the highest code counts.`;

const TASKS = ['<task-id...>', 'the TaskId or FlowId of a change'] as const;
const ACTION = ['<action>', 'an action that the workers allow, such as UpgradeInstance'] as const;
const WAITS = ['<wait...>', 'a TaskId or FlowId, whoever started the wait, or its workflow id'] as const;

/**
 * All commands and their flags.
 *
 * @param done - gets the exit code of the command that ran
 */
export function createProgram(version: string, host: Host, done: (code: number) => void, commands = COMMANDS): Command {
  const program = new Command('redis-task')
    .description('Waits durably for tasks of Tencent Cloud Redis, with Temporal.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      // `run` says it.
      outputError: () => undefined,
    })
    .addHelpText('after', EXIT_CODES);
  const command = (name: string, description: string) => program.command(name).description(description);
  const run =
    <A extends unknown[]>(load: () => Promise<(host: Host, ...args: A) => Promise<ExitCode>>) =>
    async (...args: A) =>
      done(await (await load())(host, ...args));

  withTemporal(command('worker', 'Do the waiting: run a worker until SIGTERM'))
    .addHelpText('after', '\nEverything else comes from the environment: TEMPORAL_…, TENCENTCLOUD_…, REDIS_TASK_….')
    .action(async (flags: TemporalFlags) => {
      const startWorker = await commands.worker();
      done(await startWorker({ ...host.env, ...temporalVariables(flags) }));
    });

  withInput(withRegion(host, command('await', 'Wait for tasks and show their progress').argument(...TASKS)))
    .option('--local', 'start a Temporal server and a worker for this command')
    .option('--new', 'start a wait of its own where a pipeline waits for the task already')
    .option('--wait-for-worker', 'wait when no worker is there, instead of exit code 9')
    .action(run(commands.await));

  withInput(withRegion(host, command('start', 'Start waits and leave them to the workers').argument(...TASKS))).action(
    run(commands.start),
  );

  withInput(withRegion(host, command('run', 'Submit a change once, and wait for all of it').argument(...ACTION)))
    .requiredOption('--params <json>', "the action's parameters, spelled as in the documentation of the API")
    .requiredOption('--key <text>', 'names the change: the same key never submits again')
    .option('--expect <json>', 'what the instance of an order must have, such as {"memSizeMb":4096}')
    .option('--wait-for <end|start>', 'start: return what was started')
    .action(run(commands.run));

  withRegion(host, command('status', 'Show the state of waits, or how they ended').argument(...WAITS))
    .option('--follow', 'show their progress until they have ended')
    .action(run(commands.status));

  const steering = (name: string, description: string) =>
    withRegion(host, command(name, description).argument(...WAITS)).option(
      '--all',
      'when several waits run for a task, all of them',
    );
  steering('poll', 'Make waits poll at once').action(run(commands.poll));
  steering('extend', 'Give waits more time')
    .option('--by <duration>', 'at least so much from now', readAmount)
    .option('--max-wait <duration>', 'the new total, counted from the start of the wait', readAmount)
    .action(run(commands.extend));
  steering('cancel', 'Cancel waits; the tasks themselves go on').action(run(commands.cancel));

  withOutput(command('list', 'List the waits on the queue'))
    .option('--all', 'ended waits too')
    .option('--limit <number>', 'at most this many', readCount, 100)
    .action(run(commands.list));

  withRegion(host, command('doctor', 'Check everything that a wait needs')).action(run(commands.doctor));

  withOutput(command('setup', 'Register the search attributes of waits in the namespace')).action(run(commands.setup));

  withInput(command('simulate', 'Show what a schedule costs before you deploy it'))
    .requiredOption('--duration <duration...>', 'how long the tasks take', readDurations)
    .option('--json', 'JSON lines on stdout, in a terminal too')
    .action(run(commands.simulate));

  return program;
}
