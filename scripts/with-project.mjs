// Makes the project ready, with dependencies installed and lib/ built, then runs `node` with the given arguments, if any.
// `npm test` and `npm run demo` work in a fresh clone by it, so it may use nothing but Node itself.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

ready();
if (process.argv.length > 2) {
  const child = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
}

/** Installs the dependencies and builds lib/, each only when it is missing or older than what it is made from. */
function ready() {
  if (isStale('node_modules/.package-lock.json', ['package-lock.json'])) {
    console.error('Installing dependencies (npm ci) …');
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
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
  linkExample();
}

/** A project of its own finds the package in its node_modules. In a clone, this is the clone. */
function linkExample() {
  const example = path.join(root, 'examples/provisioning');
  const link = path.join(example, 'node_modules/temporal-tencent-redis');
  // An image is built without examples.
  if (!existsSync(example) || existsSync(link)) return;
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

function run(command, args) {
  const shell = process.platform === 'win32';
  // stdout belongs to the program that follows: a pipe must see nothing of the preparation.
  const { status, error } = spawnSync(command, args, { cwd: root, shell, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
