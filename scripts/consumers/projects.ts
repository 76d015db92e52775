import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryPoints, type Packed, ROOT } from './packed.js';
import { end, npm, run } from './run.js';

/** A project of a user: `kind` is its folder in `projects/`. */
export interface Project {
  readonly kind: 'typescript' | 'javascript' | 'commonjs';
  readonly folder: string;
  readonly packed: Packed;
  /** The address of the Temporal server. */
  readonly temporal: string;
}

/** Installs the package, and nothing else, with npm's cache in `cache`. */
export async function install({ kind, folder, packed }: Project, cache: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(fileURLToPath(new URL(`projects/${kind}`, import.meta.url)), folder, { recursive: true });
  const type = kind === 'commonjs' ? 'commonjs' : 'module';
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  await npm(folder, 'install', '--cache', cache, '--no-audit', '--no-fund', packed.tarball);
}

const COMPILERS = ['typescript@5.9', 'typescript@7'];

/**
 * Compiles a TypeScript project against every entry point. The compiler is a tool of the project, not of the package: each
 * of those that projects have finds nothing wrong in the package's own types.
 */
export async function compile({ folder }: Pick<Project, 'folder'>, cache: string): Promise<string> {
  await cp(path.join(ROOT, 'test/types/public-types.ts'), path.join(folder, 'public-types.ts'));
  const imports = (await entryPoints()).map((name, index) => `export * as entry${index} from '${name}';`);
  await writeFile(path.join(folder, 'entry-points.ts'), `${imports.join('\n')}\n`);
  for (const compiler of COMPILERS) {
    await npm(folder, 'install', '--cache', cache, '--no-audit', '--no-fund', compiler, '@types/node@20');
    await run(folder, 'npx', ['--no-install', 'tsc']);
    const { stdout } = await end(folder, 'npx', ['--no-install', 'tsc', '--noEmit', '--skipLibCheck', 'false']);
    // Temporal's own types break rules of such a project.
    const ofOurs = stdout.split('\n').filter((line) => line.startsWith('node_modules/temporal-tencent-redis/'));
    assert.deepEqual(ofOurs, []);
  }
  return `compiled with ${COMPILERS.join(' and ')}`;
}

/** Imports every entry point and waits for one task in a worker with the plugin. */
export async function wait({ kind, folder, temporal }: Project, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const names = await entryPoints();
  const main = kind === 'typescript' ? 'built/main.js' : 'main.js';
  const printed = await run(folder, 'node', [main, ...names], { ...env, TEMPORAL_ADDRESS: temporal });
  const last = printed.trim().split('\n').at(-1) ?? '';
  assert.deepEqual(JSON.parse(last), { status: 'succeed', imported: names.length });
  return `imported ${names.length} entry points, waited for one task`;
}

/** Runs the command, and a worker of it up to the point where it needs credentials. */
export async function command({ folder, packed }: Project): Promise<string> {
  const redisTask = (...args: string[]) =>
    end(folder, 'npx', ['--no-install', 'redis-task', ...args], {
      HOME: folder,
      TENCENTCLOUD_CREDENTIAL_SOURCE: 'environment',
      TENCENTCLOUD_SECRET_ID: '',
      TENCENTCLOUD_SECRET_KEY: '',
    });
  assert.equal((await redisTask('--version')).stdout.trim(), packed.version);
  const { code, stderr } = await redisTask('worker');
  assert.match(stderr, /^redis-task worker: No Tencent Cloud credentials found/m);
  assert.equal(code, 1);
  return 'ran redis-task';
}
