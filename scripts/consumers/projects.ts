import assert from 'node:assert/strict';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Manifest, type Packed, ROOT } from './packed.js';
import { end, npm, run } from './run.js';

/** What a project is made from. */
export interface Parts {
  readonly folder: string;
  readonly packed: Packed;
  readonly ours: Manifest;
  /** Every entry point of the package. */
  readonly doors: readonly string[];
  readonly temporal: string;
}

/** Somebody who installs the package. `use` gives back what is worth saying of it, or rejects. */
export interface Consumer {
  readonly name: string;
  readonly use: (parts: Parts) => Promise<string>;
}

export const CONSUMERS: readonly Consumer[] = [
  { name: 'ESM TypeScript', use: useTypeScript },
  { name: 'ESM JavaScript', use: (parts) => useJavaScript(parts, 'javascript', 'main.js') },
  { name: 'CommonJS', use: (parts) => useJavaScript(parts, 'commonjs', 'main.js') },
  { name: 'workflows alone', use: useWorkflowsAlone },
];

/** An empty project, with the files of `projects/<kind>`. */
async function create({ folder }: Parts, kind: string | undefined, type: 'module' | 'commonjs'): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (kind !== undefined) {
    await cp(fileURLToPath(new URL(`projects/${kind}`, import.meta.url)), folder, { recursive: true });
  }
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type }));
}

/** The package, and what it leaves to its users, in the versions that it is developed with. */
async function install({ folder, packed, ours }: Parts, ...packages: string[]): Promise<void> {
  const specs = packages.map((name) => `${name}@${ours.devDependencies[name] ?? ''}`);
  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', packed.tarball, ...specs);
}

async function useJavaScript(parts: Parts, kind: 'javascript' | 'commonjs', main: string): Promise<string> {
  await installed(parts, kind);
  return wait(parts, main);
}

/** An empty project with all that the package needs. */
export async function installed(parts: Parts, kind: 'javascript' | 'commonjs'): Promise<void> {
  await create(parts, kind, kind === 'commonjs' ? 'commonjs' : 'module');
  await install(parts, ...Object.keys(parts.ours.peerDependencies));
}

async function useTypeScript(parts: Parts): Promise<string> {
  const { folder, doors } = parts;
  await create(parts, 'typescript', 'module');
  await cp(path.join(ROOT, 'test/types/public-types.ts'), path.join(folder, 'public-types.ts'));
  const imports = doors.map((door, index) => `import * as door${index} from '${door}';`);
  const list = doors.map((_, index) => `door${index}`).join(', ');
  await writeFile(path.join(folder, 'doors.ts'), `${imports.join('\n')}\nexport const doors: object[] = [${list}];\n`);
  await install(parts, ...Object.keys(parts.ours.peerDependencies), 'typescript', '@types/node');
  await run(folder, 'npx', ['--no-install', 'tsc']);
  return wait(parts, 'built/main.js');
}

/** Lets the project do one wait. It prints what became of it, and how many doors it has opened, as JSON. */
export async function wait(
  { folder, doors, temporal }: Parts,
  main: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const printed = await run(folder, 'node', [main, ...doors], { ...env, TEMPORAL_ADDRESS: temporal });
  const { status, opened } = JSON.parse(printed.trim().split('\n').at(-1) ?? '') as {
    status: unknown;
    opened: unknown;
  };
  assert.equal(status, 'succeed');
  assert.equal(opened, doors.length);
  return `opened ${doors.length} entry points, bundled the workflow, waited for one task`;
}

/** The least that can be installed: enough for a workflow, and for nothing that runs a worker. */
async function useWorkflowsAlone(parts: Parts): Promise<string> {
  const { folder, ours } = parts;
  await create(parts, undefined, 'module');
  await install(parts, '@temporalio/workflow', '@temporalio/common');
  const modules = path.join(folder, 'node_modules');
  const scoped = (await readdir(path.join(modules, '@temporalio'))).map((name) => `@temporalio/${name}`);
  const installed = [...(await readdir(modules)), ...scoped];
  const absent = Object.keys(ours.peerDependencies).filter(
    (name) => !/^(@temporalio\/(workflow|common)|nexus-rpc)$/.test(name),
  );
  assert.deepEqual(
    installed.filter((name) => [...absent, '@temporalio/core-bridge'].includes(name)),
    [],
  );

  const probe = `const { awaitRedisTask } = await import('temporal-tencent-redis/workflows');
    const { AWAIT_REDIS_TASK } = await import('temporal-tencent-redis');
    console.log(awaitRedisTask.name === AWAIT_REDIS_TASK);`;
  assert.equal(await run(folder, 'node', ['--input-type=module', '--eval', probe]), 'true\n');

  const worker = await end(folder, 'npx', ['--no-install', 'redis-task', 'worker']);
  assert.equal(worker.code, 1);
  assert.match(
    worker.stderr,
    /^redis-task worker: needs packages that are not installed: .*\bgot\b.*npm install .*"got@\^/m,
  );
  const activities = await end(folder, 'node', ['--eval', `import('temporal-tencent-redis/activities')`]);
  assert.equal(activities.code, 1);
  assert.match(activities.stderr, /Cannot find package '(got|hpagent|ini|proxy-from-env|@temporalio\/activity)'/);
  return `${installed.filter((name) => !name.startsWith('.')).length} packages, neither got nor a native core`;
}
