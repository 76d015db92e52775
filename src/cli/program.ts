import { Command, Option } from 'commander';
import type { ExitCode } from './exit-codes.js';

const EXIT_CODES = `
Exit codes:
  0 succeeded   3 no such wait   5 timed out   7 errored    9 no worker on the queue
  1 error       4 cancelled      6 failed      8 refused   10 no connection to Temporal
  2 bad usage                                             130 stopped by Ctrl-C
Of several tasks the highest code counts.`;

/**
 * Every command and its flags. What a command does is loaded when it runs: the SDKs behind them take half a second.
 *
 * @param done - gets the exit code of the command that ran
 */
export function createProgram(version: string, done: (code: ExitCode) => void): Command {
  const program = new Command('redis-task')
    .description('Waits durably for tasks of Tencent Cloud Redis, with Temporal.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`redis-task: ${oneLine(text)}\n`) })
    .addHelpText('after', EXIT_CODES);
  const command = (name: string, description: string) => program.command(name).description(description);
  const run =
    <A extends unknown[]>(load: () => Promise<(...args: A) => Promise<ExitCode>>) =>
    async (...args: A) =>
      done(await (await load())(...args));

  temporal(command('worker', 'Do the waiting: run a worker until SIGTERM'))
    .addHelpText('after', '\nEverything else is told by the environment: TEMPORAL_…, TENCENTCLOUD_…, REDIS_TASK_….')
    .action(run(async () => (await import('./commands/worker.js')).runWorker));

  polling(tasks(command('await', 'Wait for tasks, and show how that goes')))
    .option('--local', 'bring a Temporal server and a worker, for as long as this takes')
    .option('--wait-for-worker', 'wait when no worker is there, instead of exit code 9')
    .action(run(async () => (await import('./commands/await.js')).awaitTasks));

  polling(tasks(command('start', 'Start waits, and leave them to the workers'))).action(
    run(async () => (await import('./commands/start.js')).startWaits),
  );

  waits(command('status', 'Show where waits stand, or how they ended')).action(
    run(async () => (await import('./commands/status.js')).showStatus),
  );

  steering(command('poll', 'Let waits poll at once')).action(
    run(async () => (await import('./commands/steer.js')).pollNow),
  );

  steering(command('extend', 'Set how long waits may last in all'))
    .requiredOption('--max-wait <duration>', 'the new total, counted from the start of the wait')
    .action(run(async () => (await import('./commands/steer.js')).extendWaits));

  steering(command('cancel', 'End waits; the tasks themselves go on')).action(
    run(async () => (await import('./commands/steer.js')).cancelWaits),
  );

  shown(temporal(command('list', 'List the waits on the queue')))
    .option('--all', 'those that have ended, too')
    .option('--limit <number>', 'at most so many', '100')
    .action(run(async () => (await import('./commands/list.js')).listWaits));

  shown(temporal(command('doctor', 'Check everything that a wait needs')))
    .addOption(region())
    .action(run(async () => (await import('./commands/doctor.js')).examine));

  polling(command('simulate', 'Show what a schedule costs, before anyone deploys it'))
    .requiredOption('--duration <duration...>', 'how long the tasks take')
    .option('--json', 'a JSON line for each duration, in a terminal too')
    .action(run(async () => (await import('./commands/simulate.js')).simulate));

  return program;
}

function tasks(command: Command): Command {
  return shown(temporal(command.argument('<task-id...>', 'the TaskId or FlowId of a change').addOption(region())));
}

function waits(command: Command): Command {
  const wait = 'a TaskId or FlowId, whoever started the wait, or its workflow id';
  return shown(temporal(command.argument('<wait...>', wait).addOption(region())));
}

function steering(command: Command): Command {
  return waits(command).option('--all', 'when several waits run for a task, all of them');
}

function region(): Option {
  return new Option('--region <region>', 'the region of the instances (default: TENCENTCLOUD_REGION)');
}

function temporal(command: Command): Command {
  return command
    .option('--address <host:port>', 'of Temporal (default: TEMPORAL_ADDRESS, or localhost:7233)')
    .option('--namespace <name>', 'in Temporal (default: TEMPORAL_NAMESPACE, or default)')
    .option('--task-queue <name>', 'of the workers (default: REDIS_TASK_QUEUE, or redis-task)');
}

function shown(command: Command): Command {
  return command
    .option(
      '--temporal-ui <url>',
      'where Temporal UI is, for links (default for a local server: http://localhost:8233)',
    )
    .option('--json', 'JSON lines on stdout, in a terminal too');
}

function polling(command: Command): Command {
  return command
    .option('--max-wait <duration>', 'how long to wait in all (default: 2h)')
    .option('--initial-interval <duration>', 'the first interval between polls')
    .option('--backoff-coefficient <number>', 'what each interval is multiplied by')
    .option('--maximum-interval <duration>', 'the longest interval')
    .option('--jitter <number>', 'the share by which each interval varies, 0 to 0.5')
    .option('--expected-duration <duration>', 'what this kind of task usually takes');
}

/** Commander breaks its messages into lines, and says "error:" first. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .trim();
}
