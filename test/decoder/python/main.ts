/**
 * `npm run check decoder`: every type of failure, through every chain that Python has, read from Python by type
 * and details alone. Python's SDK comes from PyPI into a virtual environment that is thrown away.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { REDIS_TASK_FAILURE_TYPES, type RedisTaskFailureType } from '../../../src/contract/task/failures.js';
import { FAILING_TASKS } from '../failing-tasks.js';
import { type ChainStage, startChainStage } from '../stage.js';

const SCRIPT = fileURLToPath(new URL('chains.py', import.meta.url));
const CHAINS = [
  ['child'],
  ['workflow', 'child'],
  ['continue-as-new', 'child'],
  ['workflow', 'continue-as-new', 'child'],
  ['nexus'],
  ['workflow', 'nexus'],
  ['activity'],
];

interface Decoded {
  readonly names: string[];
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What Python found: in the workflow, and as the client of it. */
interface Found {
  readonly inside: Decoded | null;
  readonly outside: Decoded | null;
}

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-python-'));
try {
  const python = installPython(folder);
  const stage = await startChainStage();
  try {
    process.exitCode = await play(stage, python);
  } finally {
    await stage.waits.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function installPython(venv: string): string {
  const python = path.join(venv, 'bin', 'python');
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'temporalio>=1.20,<2'], { stdio: 'inherit' });
  return python;
}

async function play({ waits, endpoint }: ChainStage, python: string): Promise<number> {
  const errands = CHAINS.flatMap((hops) =>
    REDIS_TASK_FAILURE_TYPES.map((type) => {
      const { input, details } = FAILING_TASKS[type](waits);
      return { type, details, hops, input, taskQueue: waits.taskQueue, endpoint };
    }),
  );
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ address: waits.env.address, errands }));
  const found = JSON.parse(await text(child.stdout)) as Found[];

  let wrong = 0;
  for (const [index, { type, details, hops }] of errands.entries()) {
    const { inside, outside } = found[index] ?? { inside: null, outside: null };
    const isRight = says(inside, type, details) && says(outside, type, details);
    if (!isRight) wrong += 1;
    const chain = outside?.names.join(' <- ') ?? 'nothing';
    console.log(`${isRight ? '✓' : '✗'} ${type.padEnd(22)} ${hops.join(' > ').padEnd(36)} ${chain}`);
  }
  console.log(`${errands.length - wrong} of ${errands.length} are what the contract says`);
  return wrong === 0 && found.length === errands.length ? 0 : 1;
}

function says(decoded: Decoded | null, type: RedisTaskFailureType, details: object): boolean {
  return decoded?.type === type && holds(decoded.details, details);
}

/** Whether `value` has all that `expected` has. */
function holds(value: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return isDeepStrictEqual(value, expected);
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(expected).every(([name, each]) => holds(fields[name], each));
}
