import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { historyEvents } from '../../src/cli/forecast.js';
import { createProgram } from '../../src/cli/program.js';
import { freeAddress } from '../support/processes.js';
import { Command, CommandProcess, hostOf, jsonLines } from './command.js';

const REGION = ['--region', 'ap-guangzhou'];

describe('bad usage: one line on stderr, the same as JSON, exit code 2, and nothing is sent', () => {
  test.each([
    [['await', '18 215', ...REGION], 'task id is "18 215", but it must be an integer'],
    [['await', '0', ...REGION], '0 means that no task was created'],
    [['start', '9007199254740993', ...REGION], 'too large'],
    [['await', '1', '--region', 'Guangzhou'], '--region is "Guangzhou", but it must be a region such as'],
    [['status', '1'], 'Give --region'],
    [['await', ...REGION], "missing required argument 'task-id'"],
    [['await', '1', ...REGION, '--max-wait', 'soon'], '--max-wait is "soon", but it must be a duration'],
    [['await', '1', ...REGION, '--jitter', 'much'], '--jitter is "much", but it must be a number from 0 to 0.5'],
    [
      ['await', '1', ...REGION, '--initial-interval', '9s', '--maximum-interval', '2s'],
      '--maximum-interval is "2s", but it must not be shorter than --initial-interval',
    ],
    [['extend', '1', ...REGION, '--max-wait', '90'], '--max-wait is 90, but it must be a duration from 1 s'],
    [['extend', '1', ...REGION], 'Give one of --by, such as 2h from now, and --max-wait'],
    [['extend', '1', ...REGION, '--by', '2h', '--max-wait', '4h'], 'Give one of --by'],
    [['extend', '1', ...REGION, '--by', 'soon'], '--by is "soon", but it must be a duration from 1 s'],
    [['list', '--limit', 'all'], "option '--limit <number>' argument 'all' is invalid"],
    [['simulate', '--duration', 'long'], "argument 'long' is invalid. It must be a duration"],
    [['await', '1', '--regoin', 'ap-guangzhou'], "unknown option '--regoin' (Did you mean --region?)"],
    [['wait', '1'], "unknown command 'wait'"],
    [['status', '1', ...REGION, '--address', 'no port/at all'], 'TEMPORAL_ADDRESS is "no port/at all"'],
  ])('%j', async (args, message) => {
    const ended = await new Command(args).ended;
    const [, said = ''] = /^redis-task: ([^\n]+)\n$/.exec(ended.stderr) ?? [];

    expect(said).toContain(message);
    expect(jsonLines(ended)).toEqual([{ type: 'BadUsage', message: said, details: {} }]);
    expect(ended.code).toBe(2);
  });

  test('in a terminal the JSON is only for who asks for it', async () => {
    const plain = await new Command(['status', '1'], {}, true).ended;
    const json = await new Command(['status', '1', '--json'], {}, true).ended;

    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(jsonLines(json)).toMatchObject([{ type: 'BadUsage' }]);
  });

  test('a worker writes none of it among its log', async () => {
    expect(await new Command(['worker', '--bogus']).ended).toMatchObject({ code: 2, stdout: '' });
  });

  test('the region may come from the environment', async () => {
    const { code, stderr } = await new Command(['await', 'x'], { TENCENTCLOUD_REGION: 'ap-guangzhou' }).ended;

    expect(stderr).toContain('task id is "x"');
    expect(code).toBe(2);
  });
});

test('when nobody reads the messages, the exit code is the same', async () => {
  const child = spawn(process.execPath, ['lib/cli/main.js', 'await', '0', ...REGION]);
  child.stderr.destroy();

  await expect(once(child, 'exit')).resolves.toEqual([2, null]);
});

test('help and version are no errors', async () => {
  const help = await new Command(['--help']).ended;
  const version = await new CommandProcess(['--version']).ended;

  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('10 no connection to Temporal');
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
});

test.concurrent('without a Temporal server it says so and gives up, exit code 10', async () => {
  const address = await freeAddress();
  const ended = await new Command(['await', '1', ...REGION], { TEMPORAL_ADDRESS: address }).ended;

  expect(jsonLines(ended)).toMatchObject([{ type: 'NoConnection' }]);
  expect(ended.code).toBe(10);
  expect(ended.stderr).toMatch(new RegExp(`^redis-task: No Temporal server answers at ${address}[^\n]+\n$`));
});

test.concurrent('doctor tells of a proxy that is none, and goes on', async () => {
  const env = {
    TEMPORAL_ADDRESS: await freeAddress(),
    TENCENTCLOUD_SECRET_ID: 'AKIDmarked',
    TENCENTCLOUD_SECRET_KEY: 'marked',
    HTTPS_PROXY: 'socks5://user:hunter2@127.0.0.1:1',
  };
  const ended = await new CommandProcess(['doctor', ...REGION], env).ended;

  const findings = jsonLines(ended);
  const wrong = { result: 'failed', message: 'HTTPS_PROXY must be a URL such as http://proxy:3128' };
  expect(findings).toContainEqual({ check: 'credentials', ...wrong });
  expect(findings).toContainEqual({ check: 'settings', ...wrong });
  expect(ended.stdout + ended.stderr).not.toContain('hunter2');
});

test.concurrent('simulate plays a schedule without a server', async () => {
  const fast = ['--initial-interval', '2s', '--backoff-coefficient', '1', '--maximum-interval', '2s', '--jitter', '0'];
  // Millions of polls: in jest's sandbox each use of `Math` is slow.
  const ended = await new CommandProcess(['simulate', '--duration', '1m', '4h', ...fast]).ended;

  const [minute, hours] = jsonLines(ended);
  // A poll at once, then one every 2 s: 31 or so, each seen 1 s late on average.
  expect(minute).toMatchObject({ durationMs: 60_000 });
  expect(minute?.['polls']).toBeGreaterThan(30.5);
  expect(minute?.['polls']).toBeLessThan(32.5);
  expect(minute?.['latenessMeanMs']).toBeGreaterThan(850);
  expect(minute?.['latenessMeanMs']).toBeLessThan(1_150);
  expect(minute?.['latenessMaxMs']).toBeLessThanOrEqual(2_000);
  // Both are rounded.
  expect(Math.abs(Number(minute?.['historyEvents']) - historyEvents(Number(minute?.['polls'])))).toBeLessThan(1.1);
  expect(hours).toMatchObject({ durationMs: 14_400_000 });
  expect(ended.stderr).toBe('A task of 4 h outlasts --max-wait of 2 h: its wait would end as RedisTaskTimedOut.\n');
  expect(ended.code).toBe(0);
});

describe('docs/cli.md', () => {
  test('shows no command that would not be understood', async () => {
    const page = await readFile(path.resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8');
    const fences = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
    const lines = fences.flatMap((text) => text.replaceAll(/\s*\\\n\s*/g, ' ').split('\n'));
    const commands = lines.filter((line) => line.startsWith('redis-task '));

    expect(commands.length).toBeGreaterThan(9);
    for (const command of commands) expect(understood(command)).toBe(command);
  });

  test('names every command and every exit code', async () => {
    const page = await readFile(path.resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8');
    const { EXIT } = await import('../../src/cli/exit-codes.js');

    for (const { name } of commandsOf()) expect(page).toContain(`redis-task ${name()}`);
    for (const code of Object.values(EXIT)) expect(page).toContain(`| ${code} |`);
  });
});

/** Gives the line back when its command and flags are known. */
function understood(line: string): string {
  const [bare = ''] = line.split(/ [#|>]/, 1);
  const program = createProgram('0.0.0', hostOf(), () => undefined);
  const ran: string[] = [];
  for (const command of program.commands) command.exitOverride().action(() => void ran.push(command.name()));
  try {
    program.parse(bare.trim().split(/\s+/).slice(1), { from: 'user' });
  } catch (error) {
    return `${line}: ${(error as Error).message}`;
  }
  return ran.length === 1 ? line : `${line}: did nothing`;
}

function commandsOf() {
  return createProgram('0.0.0', hostOf(), () => undefined).commands.map((command) => ({ name: () => command.name() }));
}
