import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cachedPath, cacheRoot } from '../../src/engine/cache.js';
import { find, type Source, sources } from '../../src/engine/find.js';
import { temporalCli } from '../../src/engine/program.js';
import { testServer } from '../support/test-server.js';
import { fakeProgram, freshMachine } from './machine.js';

const never: Source = { name: 'never', find: () => Promise.reject(new Error('must not be asked')) };
const local = sources.filter(({ name }) => name === 'PATH' || name === 'cache');

describe('the variable', () => {
  test('names the executable, and nothing else is looked at', async () => {
    const machine = freshMachine();
    const file = fakeProgram(path.join(machine.root, 'mine'), 'any');
    machine.env['TEMPORAL_CLI'] = file;
    await expect(find(temporalCli, machine, [never])).resolves.toBe(file);
  });

  test.each(['is missing', 'is not executable', 'is a folder'])('stops the search when its file %s', async (how) => {
    const machine = freshMachine();
    const file = fakeProgram(path.join(machine.root, 'mine'), 'any');
    if (how !== 'is not executable') rmSync(file);
    if (how === 'is a folder') mkdirSync(file);
    if (how === 'is not executable') chmodSync(file, 0o644);
    machine.env['TEMPORAL_CLI'] = file;
    await expect(find(temporalCli, machine, [never])).rejects.toThrow(
      `TEMPORAL_CLI is set to ${file}, which is missing or not executable.`,
    );
  });

  test('counts as not set when it is empty', async () => {
    await expect(find(temporalCli, freshMachine({ TEMPORAL_CLI: '' }), [])).rejects.toThrow('TEMPORAL_CLI: not set');
  });
});

describe('PATH', () => {
  test.each(['1.5.0', '1.10.2', '2.0.0'])('gives the CLI when it is of version %s', async (version) => {
    const machine = freshMachine();
    const file = fakeProgram(path.join(machine.root, 'bin/temporal'), `temporal version ${version} (Server 1.32.0)`);
    machine.env['PATH'] = path.dirname(file);
    await expect(find(temporalCli, machine, local)).resolves.toBe(file);
  });

  test('passes over a CLI that is too old, and says so', async () => {
    const machine = freshMachine();
    const old = fakeProgram(path.join(machine.root, 'old/temporal'), 'temporal version 1.4.0 (Server 1.27.1)');
    machine.env['PATH'] = path.dirname(old);
    await expect(find(temporalCli, machine, local)).rejects.toThrow(`PATH: ${old} is 1.4.0, needed is 1.5 or newer`);
  });

  test('passes over something else of the same name', async () => {
    const machine = freshMachine();
    const other = fakeProgram(path.join(machine.root, 'other/temporal'), 'a calendar');
    const file = fakeProgram(path.join(machine.root, 'bin/temporal'), 'temporal version 1.9.1');
    machine.env['PATH'] = [path.dirname(other), path.dirname(file)].join(path.delimiter);
    await expect(find(temporalCli, machine, local)).resolves.toBe(file);
  });

  test('is not searched for the test server, which cannot tell its version', async () => {
    const machine = freshMachine();
    const file = fakeProgram(path.join(machine.root, 'bin/temporal-test-server'), 'any');
    machine.env['PATH'] = path.dirname(file);
    await expect(find(testServer, machine, local)).rejects.toThrow('PATH: not searched');
  });
});

describe('the cache', () => {
  test('is used before anything is downloaded', async () => {
    const machine = freshMachine();
    const file = fakeProgram(cachedPath(temporalCli, temporalCli.wheel.version, machine), 'any');
    await expect(find(temporalCli, machine, [...local, never])).resolves.toBe(file);
  });

  test.each([
    ['linux', {}, '/home/me/.cache/temporal-tencent-redis'],
    ['linux', { XDG_CACHE_HOME: '/fast' }, '/fast/temporal-tencent-redis'],
    ['darwin', {}, '/home/me/Library/Caches/temporal-tencent-redis'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/temporal-tencent-redis'],
  ] as const)('is where %s with %j keeps caches', (platform, env, expected) => {
    expect(cacheRoot({ platform, env, arch: 'x64', home: '/home/me' })).toBe(expected);
  });
});

test('sources are asked in order, and those after a find are left alone', async () => {
  const asked: string[] = [];
  const source = (name: string, result: () => Promise<string>): Source => ({
    name,
    find: () => {
      asked.push(name);
      return result();
    },
  });
  const refuse = () => Promise.reject(new Error('no'));
  const from = [source('a', refuse), source('b', () => Promise.resolve('/b')), source('c', refuse)];
  await expect(find(temporalCli, freshMachine(), from)).resolves.toBe('/b');
  expect(asked).toEqual(['a', 'b']);
  expect(sources.map(({ name }) => name)).toEqual(['PATH', 'cache', 'PyPI', "the SDK's download"]);
});

test('when nothing works, one error lists every step, why it failed, and what to do', async () => {
  const machine = freshMachine();
  const offline: Source[] = [
    { name: "the SDK's download", find: () => Promise.reject(new Error('no route to host')) },
    { name: 'PyPI', find: () => Promise.reject(new Error('python3 is not installed')) },
  ];
  const error: unknown = await find(temporalCli, machine, [...local, ...offline]).catch((each: unknown) => each);
  const cache = path.join(cacheRoot(machine));
  expect((error as Error).message).toBe(
    [
      'Could not find or download the Temporal CLI. Tried:',
      '  - TEMPORAL_CLI: not set',
      '  - PATH: no temporal there',
      `  - cache: nothing at ${cache}/temporal-1.9.1/temporal or ${cache}/temporal-sdk-default/temporal`,
      "  - the SDK's download: no route to host",
      '  - PyPI: python3 is not installed',
      'Put the executable on this machine and set TEMPORAL_CLI to its path.',
    ].join('\n'),
  );
});
