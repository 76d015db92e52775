// The workflow entry point, bundled by Temporal's own bundler, for ESM and CommonJS consumers.
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import manifest from '../../package.json' with { type: 'json' };

const { dependencies, optionalDependencies } = manifest;
const root = fileURLToPath(new URL('../..', import.meta.url));
const logger = new DefaultLogger('ERROR');

/** A bundle's code, and the modules in it by the paths of their sources. */
async function bundle(workflowsPath: string): Promise<{ code: string; modules: string[] }> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  const [, map = ''] = /sourceMappingURL=data:application\/json;charset=utf-8;base64,(\S+)/.exec(code) ?? [];
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
  return { code, modules: sources };
}

/** The dependencies of the package that a workflow may use. The other ones are for the worker and the command. */
const PURE = ['nexus-rpc', 'valibot'];
const workerOnly = Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !PURE.includes(name));
const FORBIDDEN = new RegExp(
  `node:|node_modules/(${workerOnly.join('|')})/|(src|lib)/(activities|cli|client|engine|plugin|tencent|testing|worker)/`,
);

/** What must not be reachable from a workflow. */
function forbidden(modules: readonly string[]): string[] {
  return modules.filter((name) => FORBIDDEN.test(name));
}

test('the sources bundle without a Node built-in, without got and without what stands behind an activity', async () => {
  const { code, modules } = await bundle(path.join(root, 'src/workflows/index.ts'));

  expect(forbidden(modules)).toEqual([]);
  expect(modules).toContainEqual(expect.stringMatching(/workflows\/task\/await-redis-task\.ts$/));
  expect(code).not.toMatch(/require\(["']node:|from ["']node:/);
  // Two copies would mean two classes ApplicationFailure.
  expect(modules.filter((name) => name.endsWith('common/src/failure.ts'))).toHaveLength(1);
});

describe('an installed package', () => {
  let app: string;

  beforeAll(async () => {
    app = await mkdtemp(path.join(tmpdir(), 'redis-task-consumer-'));
    await mkdir(path.join(app, 'node_modules/@temporalio'), { recursive: true });
    const links = ['@temporalio/workflow', '@temporalio/common'].map((name) => [`node_modules/${name}`, name] as const);
    for (const [target, name] of [['.', 'temporal-tencent-redis'] as const, ...links]) {
      await symlink(path.join(root, target), path.join(app, 'node_modules', name), 'junction');
    }
  });
  afterAll(() => rm(app, { recursive: true, force: true }));

  test.each([
    [
      'an ES module',
      'workflows.mjs',
      `export { awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';
       import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';
       import { decodeRedisTaskFailure } from 'temporal-tencent-redis';
       export async function pipeline(input) {
         try { return await executeAwaitRedisTask(input); } catch (error) { return decodeRedisTaskFailure(error); }
       }`,
    ],
    [
      'a CommonJS module',
      'workflows.cjs',
      `const { awaitRedisTask, executeAwaitRedisTask } = require('temporal-tencent-redis/workflows');
       const { decodeRedisTaskFailure } = require('temporal-tencent-redis');
       exports.awaitRedisTask = awaitRedisTask;
       exports.pipeline = async (input) => {
         try { return await executeAwaitRedisTask(input); } catch (error) { return decodeRedisTaskFailure(error); }
       };`,
    ],
  ])('bundles for %s', async (_kind, file, source) => {
    const workflowsPath = path.join(app, file);
    await writeFile(workflowsPath, source);
    const { modules } = await bundle(workflowsPath);

    expect(forbidden(modules)).toEqual([]);
    expect(modules).toContainEqual(expect.stringMatching(/workflows\/task\/await-redis-task\.[jt]s$/));
  });

  test('does not bundle what a worker runs', async () => {
    const workflowsPath = path.join(app, 'mistaken.mjs');
    await writeFile(workflowsPath, `export { createRedisActivities } from 'temporal-tencent-redis/activities';`);
    const silent = new DefaultLogger('ERROR', () => undefined);

    await expect(bundleWorkflowCode({ workflowsPath, logger: silent })).rejects.toThrow();
  });
});
