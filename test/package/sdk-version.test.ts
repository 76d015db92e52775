import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DefaultLogger, type LogEntry, Runtime, type WorkflowBundleOption } from '@temporalio/worker';
import { ConfigError } from '../../src/tencent/config-error.js';
import { loadWorkflowBundle } from '../../src/worker/bundle.js';
import { replay } from '../support/replays.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INSTALLED = { worker: '1.24.0', workflow: '1.24.0' };

let lib: string;
let log: LogEntry[];
const logger = new DefaultLogger('INFO', (entry) => log.push(entry));

/** The built workflow, in a folder from which the SDK can be found, with the word that it was built with `sdkVersion`. */
async function builtWith(sdkVersion: string): Promise<URL> {
  for (const part of ['contract', 'workflows', 'workflow-bundle.js']) {
    await cp(path.join(ROOT, 'lib', part), path.join(lib, part), { recursive: true });
  }
  await writeFile(path.join(lib, 'workflow-bundle.json'), JSON.stringify({ sdkVersion }));
  return pathToFileURL(`${lib}/`);
}

async function expectReplay(workflowBundle: WorkflowBundleOption): Promise<void> {
  const history: unknown = JSON.parse(await readFile(path.join(ROOT, 'test/histories/0.1.0/succeeded.json'), 'utf8'));
  const [result] = await replay({ workflowBundle }, [{ workflowId: 'succeeded', history }]);
  expect(result?.error).toBeUndefined();
}

beforeAll(() => void Runtime.install({ logger: new DefaultLogger('ERROR') }));
beforeEach(async () => {
  await mkdir(path.join(ROOT, '.cache'), { recursive: true });
  log = [];
  lib = await mkdtemp(path.join(ROOT, '.cache/lib-'));
});
afterEach(() => rm(lib, { recursive: true, force: true }));

test('the build says which SDK the bundle was made with', async () => {
  const built: unknown = JSON.parse(await readFile(path.join(ROOT, 'lib/workflow-bundle.json'), 'utf8'));
  const sdk: unknown = JSON.parse(
    await readFile(path.join(ROOT, 'node_modules/@temporalio/worker/package.json'), 'utf8'),
  );

  expect(built).toEqual({ sdkVersion: (sdk as { version: string }).version });
});

test('a bundle of the installed version is taken as it is, and runs', async () => {
  const bundle = await loadWorkflowBundle(logger, {}, await builtWith('1.24.0'), INSTALLED);

  expect(bundle).toEqual({ codePath: path.join(lib, 'workflow-bundle.js') });
  expect(log).toEqual([]);
  await expectReplay(bundle);
});

test('a bundle of another version is made again, which one line says, and runs', async () => {
  const bundle = await loadWorkflowBundle(logger, {}, await builtWith('1.23.9'), INSTALLED);

  expect(bundle).toHaveProperty('code', expect.stringContaining('awaitRedisTask'));
  expect(log).toHaveLength(1);
  expect(log[0]).toMatchObject({ level: 'INFO', meta: { builtWith: '1.23.9', installed: '1.24.0' } });
  await expectReplay(bundle);
});

test('a bundle that has to contain more is made again, which one line says, and runs', async () => {
  const workflowInterceptorModules = [path.join(ROOT, 'test/worker/intercepted.ts')];
  const bundle = await loadWorkflowBundle(logger, { workflowInterceptorModules }, await builtWith('1.24.0'), INSTALLED);

  expect(bundle).toHaveProperty('code', expect.stringContaining('seen by an interceptor'));
  expect(log.map(({ message }) => message)).toEqual([
    'Bundled the workflow again: it has to contain workflowInterceptorModules',
  ]);
  // The interceptor changes the result, which is a command.
  await expectReplay(bundle);
});

test('nothing is bundled from an SDK in two versions: the error says how to repair it', async () => {
  const loading = loadWorkflowBundle(logger, {}, await builtWith('1.24.0'), { worker: '1.25.1', workflow: '1.24.0' });

  await expect(loading).rejects.toThrow(ConfigError);
  await expect(loading).rejects.toThrow(
    '@temporalio/worker is 1.25.1 and @temporalio/workflow is 1.24.0: run npm install @temporalio/workflow@1.25.1',
  );
});

test('a bundle that cannot be made stops the worker with a reason', async () => {
  const broken = await builtWith('1.23.9');
  await rm(path.join(lib, 'contract'), { recursive: true });
  const quiet = new DefaultLogger('ERROR', () => undefined);

  await expect(loadWorkflowBundle(quiet, {}, broken, INSTALLED)).rejects.toThrow(/^cannot bundle the workflow: .+/);
});
