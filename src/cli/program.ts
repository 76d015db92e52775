import { Command } from 'commander';
import type { ExitCode } from './exit-codes.js';
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
import { printable } from './terminal.js';

const EXIT_CODES = `
Exit codes:
  0 succeeded   3 no such wait   5 timed out   7 errored    9 no worker on the queue
  1 error       4 cancelled      6 failed      8 refused   10 no connection to Temporal
  2 bad usage                                             130 stopped by Ctrl-C
Of several tasks the highest code counts.`;

const TASKS = ['<task-id...>', 'the TaskId or FlowId of a change'] as const;
const WAITS = ['<wait...>', 'a TaskId or FlowId, whoever started the wait, or its workflow id'] as const;

/**
 * All commands and their flags. The code of a command is loaded when it runs: the SDKs take half a second.
 *
 * @param done - gets the exit code of the command that ran
 */
export function createProgram(version: string, done: (code: number) => void): Command {
  const program = new Command('redis-task')
    .description('Waits durably for tasks of Tencent Cloud Redis, with Temporal.')
    .version(version)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`redis-task: ${printable(text.replace(/^error: /, ''))}\n`),
    })
    .addHelpText('after', EXIT_CODES);
  const command = (name: string, description: string) => program.command(name).description(description);
  const run =
    <A extends unknown[]>(load: () => Promise<(...args: A) => Promise<ExitCode>>) =>
    async (...args: A) =>
      done(await (await load())(...args));

  withTemporal(command('worker', 'Do the waiting: run a worker until SIGTERM'))
    .addHelpText('after', '\nEverything else comes from the environment: TEMPORAL_…, TENCENTCLOUD_…, REDIS_TASK_….')
    .action(async (flags: TemporalFlags) => {
      const { startWorker } = await import('../worker/start.js');
      done(await startWorker({ ...process.env, ...temporalVariables(flags) }));
    });

  withInput(withRegion(command('await', 'Wait for tasks and show their progress').argument(...TASKS)))
    .option('--local', 'start a Temporal server and a worker for this command')
    .option('--wait-for-worker', 'wait when no worker is there, instead of exit code 9')
    .action(run(async () => (await import('./commands/await.js')).awaitTasks));

  withInput(withRegion(command('start', 'Start waits and leave them to the workers').argument(...TASKS))).action(
    run(async () => (await import('./commands/start.js')).startWaits),
  );

  withRegion(command('status', 'Show the state of waits, or how they ended').argument(...WAITS)).action(
    run(async () => (await import('./commands/existing-waits.js')).showStatus),
  );

  const steering = (name: string, description: string) =>
    withRegion(command(name, description).argument(...WAITS)).option(
      '--all',
      'when several waits run for a task, all of them',
    );
  steering('poll', 'Make waits poll at once').action(
    run(async () => (await import('./commands/existing-waits.js')).pollNow),
  );
  steering('extend', 'Set how long waits may last in all')
    .requiredOption('--max-wait <duration>', 'the new total, counted from the start of the wait', readAmount)
    .action(run(async () => (await import('./commands/existing-waits.js')).extendWaits));
  steering('cancel', 'Cancel waits; the tasks themselves go on').action(
    run(async () => (await import('./commands/existing-waits.js')).cancelWaits),
  );

  withOutput(command('list', 'List the waits on the queue'))
    .option('--all', 'ended waits too')
    .option('--limit <number>', 'at most this many', readCount, 100)
    .action(run(async () => (await import('./commands/list.js')).list));

  withRegion(command('doctor', 'Check everything that a wait needs')).action(
    run(async () => (await import('./commands/doctor.js')).examine),
  );

  withOutput(command('setup', 'Register the search attributes of waits in the namespace')).action(
    run(async () => (await import('./commands/setup.js')).setUp),
  );

  withInput(command('simulate', 'Show what a schedule costs before you deploy it'))
    .requiredOption('--duration <duration...>', 'how long the tasks take', readDurations)
    .option('--json', 'JSON lines on stdout, in a terminal too')
    .action(run(async () => (await import('./commands/simulate.js')).simulate));

  return program;
}
