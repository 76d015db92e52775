/**
 * `npm run check steady`: `npm test`, or another script of tests, on an idle machine, beside four busy loops, and on
 * one core. It must pass in each, with nothing retried.
 *
 *   npm run check steady -- [--on idle,loaded,one-core] [--times 1] [--script test] [TEST FILES]
 *
 * For each run it prints how long it took, the files that took longest, and what failed. Linux has `taskset`, which the
 * last one needs.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { exitOnSignals, Process } from '../../test/support/processes.js';

/** What runs beside the tests, and by which program they are started. */
const CONDITIONS: Readonly<Record<string, { readonly busyLoops: number; readonly by: readonly string[] }>> = {
  idle: { busyLoops: 0, by: [] },
  loaded: { busyLoops: 4, by: [] },
  'one-core': { busyLoops: 0, by: ['taskset', '-c', '0'] },
};

/** No run takes so long; one that does hangs. */
const HANGS_AFTER_MS = 3_600_000;
const SLOWEST = 8;

/** What jest writes of a run. */
interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const { values, positionals } = parseArgs({
  options: {
    on: { type: 'string', default: Object.keys(CONDITIONS).join() },
    times: { type: 'string', default: '1' },
    script: { type: 'string', default: 'test' },
  },
  allowPositionals: true,
});
const names = values.on.split(',');
for (const name of names)
  if (!(name in CONDITIONS)) throw new TypeError(`--on ${name}: ${Object.keys(CONDITIONS).join()}`);

exitOnSignals();
const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-steady-'));
try {
  for (const name of names) {
    for (let time = 1; time <= Number(values.times); time++) {
      if (!(await runs(name, time))) process.exitCode = 1;
    }
  }
} finally {
  await rm(folder, { recursive: true });
}

/** Runs the tests once and says how. @returns whether they have passed */
async function runs(name: string, time: number): Promise<boolean> {
  const { busyLoops = 0, by = [] } = CONDITIONS[name] ?? {};
  const file = path.join(folder, `${name}-${time}.json`);
  const loops = Array.from({ length: busyLoops }, () => new Process([process.execPath, '-e', 'for (;;);']));
  const began = performance.now();
  const [program = 'npm', ...args] = [
    ...by,
    'npm',
    'run',
    values.script,
    '--',
    '--json',
    `--outputFile=${file}`,
    ...positionals,
  ];
  const tests = new Process([program, ...args], { group: true });
  const timeout = setTimeout(() => void tests.kill(), HANGS_AFTER_MS);
  const { code } = await tests.end;
  clearTimeout(timeout);
  await Promise.all(loops.map((loop) => loop.kill()));
  console.log(`\n${code === 0 ? 'ok    ' : 'failed'}  ${name} ${time}: ${seconds(performance.now() - began)} s`);
  const report = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  );
  if (report) describe(report);
  else console.log(tests.output.slice(-5_000));
  return code === 0;
}

function describe({ numPassedTests, numPendingTests, testResults }: Report): void {
  const byTime = [...testResults].sort((a, b) => b.endTime - b.startTime - (a.endTime - a.startTime));
  const slowest = byTime.slice(0, SLOWEST).map(({ name, startTime, endTime }) => {
    return `${path.relative(`${process.cwd()}/test`, name).replace('.test.ts', '')} ${seconds(endTime - startTime)}`;
  });
  console.log(`        ${numPassedTests} passed, ${numPendingTests} skipped; longest in s: ${slowest.join(', ')}`);
  for (const { assertionResults, message } of testResults) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    for (const { fullName } of failed) console.log(`        ✗ ${fullName}`);
    if (message !== '') console.log(message);
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(0);
}
