import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { RedisApiSimulator } from '../support/simulator.js';
import { callJson } from './signed-call.js';

type Child = ChildProcessByStdio<null, Readable, Readable>;

describe('the command of the simulator', () => {
  const running: Child[] = [];
  // They run beside each other, so no test ends those of another.
  afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

  function run(...flags: string[]) {
    const child = spawn(process.execPath, ['lib/testing/main.js', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    const prints = async (text: string) => {
      while (!output.stdout.includes(text)) await once(child.stdout, 'data');
    };
    return { child, output, prints, exit: once(child, 'close') };
  }

  test.concurrent.each(['SIGTERM', 'SIGINT'] as const)(
    'serves its demo tasks until %s and exits with 0',
    async (signal) => {
      const { child, output, prints, exit } = run('--port', '0');
      await prints('Ctrl-C ends it.');
      const url = /TENCENTCLOUD_REDIS_ENDPOINT=(\S+)/.exec(output.stdout)?.[1] ?? '';

      await expect(callJson(url)).resolves.toMatchObject({
        Status: 'succeed',
        StartTime: '2018-11-01 17:25:14',
        TaskType: 'redis cache clearing process',
        InstanceId: 'crs-09u2u96z',
      });
      await prints('DescribeTaskInfo 18215 ap-guangzhou ok\n');
      child.kill(signal);
      await expect(exit).resolves.toEqual([0, null]);
      expect(output.stderr).toBe('');
    },
  );

  test.concurrent.each([
    ['--port', '70000'],
    ['--port', 'http'],
    ['--rps', '0'],
    ['--list-rps', '0'],
    ['--speed', '0'],
    ['--prot', '1'],
  ])('refuses %s %s with one line that names the flag', async (flag, value) => {
    const { output, exit } = run(flag, value);

    await expect(exit).resolves.toEqual([1, null]);
    expect(output.stdout).toBe('');
    expect(output.stderr).toMatch(new RegExp(`^.*${flag}.*\n$`));
  });

  test.concurrent('says in one line that its port is taken', async () => {
    const other = await RedisApiSimulator.start();
    const { port } = new URL(other.url);
    const { output, exit } = run('--port', port);

    await expect(exit).resolves.toEqual([1, null]);
    await other.close();
    expect(output.stderr).toMatch(new RegExp(`^.*${port}.*\n$`));
  });

  test.concurrent('explains itself', async () => {
    const { output, exit } = run('--help');

    await expect(exit).resolves.toEqual([0, null]);
    expect(output.stdout).toContain('--speed');
    expect(output.stdout).toMatch(/--port <number> .*\(default: 8080\)/);
    expect(output.stdout).toMatch(/--host <address> .*\(default: "127\.0\.0\.1"\)/);
  });

  test.concurrent.each([
    ['limits calls to 20 a second', [], true],
    ['limits nothing with --rps off', ['--rps', 'off'], false],
  ])('%s', async (_, flags, limited) => {
    const { output, prints } = run('--port', '0', ...flags);
    await prints('Ctrl-C ends it.');
    const url = /TENCENTCLOUD_REDIS_ENDPOINT=(\S+)/.exec(output.stdout)?.[1] ?? '';
    const startS = Math.floor(Date.now() / 1000);
    const answers = await Promise.all(Array.from({ length: 60 }, () => callJson(url)));
    const seconds = Math.floor(Date.now() / 1000) - startS + 1;

    const accepted = answers.filter(({ Status }) => Status === 'succeed').length;
    expect(accepted).toBe(limited ? Math.min(accepted, 20 * seconds) : 60);
  });
});
