// Makes the project ready, with dependencies installed and lib/ built, then runs `node` with the given arguments, if any.
// `npm test` and `npm run demo` work in a fresh clone by it, so it may use nothing but Node itself.
//
//   node scripts/with-project.mjs [--with FOLDER,FOLDER | --with all] [ARGUMENTS OF NODE]
//
// `--with` names the tools that the command needs beyond what the demo does: each is a package of its own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The packages in folders of this repository, besides the root. */
const TOOLS = ['bench', 'docs', 'scripts/lint', 'scripts/observability', 'scripts/release', 'scripts/ui', 'test'];

const { tools, args } = readArguments(process.argv.slice(2));
ready();
if (args.length > 0) {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
}

function readArguments([first, names = '', ...rest]) {
  if (first !== '--with') return { tools: [], args: process.argv.slice(2) };
  const tools = names === 'all' ? TOOLS : names.split(',');
  const unknown = tools.filter((each) => !TOOLS.includes(each));
  if (unknown.length > 0) throw new Error(`--with ${unknown.join()}: the tools are in ${TOOLS.join(', ')}`);
  return { tools, args: rest };
}

/** Installs the dependencies and builds lib/, each only when it is missing or older than what it is made from. */
function ready() {
  install('.', 'Installing dependencies');
  if (
    isStale('lib/workflow-bundle.js', [
      'src',
      'tsconfig.json',
      'tsconfig.build.json',
      'node_modules/.package-lock.json',
    ])
  ) {
    console.error('Building lib/ …');
    run(process.execPath, ['scripts/build.mjs']);
  }
  for (const tool of tools) install(tool, `Installing what is only for ${tool}`);
  for (const each of ['examples/provisioning', ...TOOLS]) linkPackage(path.join(root, each));
}

function install(folder, about) {
  if (!isStale(`${folder}/node_modules/.package-lock.json`, [`${folder}/package-lock.json`])) return;
  console.error(`${about} (npm ci) …`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], path.join(root, folder));
}

/** A project of its own finds the package in its node_modules. In a clone, this is the clone. */
function linkPackage(project) {
  const link = path.join(project, 'node_modules/temporal-tencent-redis');
  // An image is built with fewer folders.
  if (!existsSync(project) || existsSync(link)) return;
  mkdirSync(path.dirname(link), { recursive: true });
  symlinkSync(root, link, 'junction');
}

function isStale(product, sources) {
  const made = path.join(root, product);
  return !existsSync(made) || sources.some((source) => newest(path.join(root, source)) > statSync(made).mtimeMs);
}

/** When a file, or anything in a folder, was changed last. A deleted file shows as a change of its folder. */
function newest(file) {
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

function run(command, args, cwd = root) {
  const shell = process.platform === 'win32';
  // stdout belongs to the program that follows: a pipe must see nothing of the preparation.
  const { status, error } = spawnSync(command, args, { cwd, shell, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
