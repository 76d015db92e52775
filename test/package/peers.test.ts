import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: unknown;
}

const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
  await readFile(path.join(ROOT, 'package.json'), 'utf8'),
) as Manifest;

/** The packages that files of the built package import. */
async function imports(): Promise<string[]> {
  const found = new Set<string>();
  for (const file of await readdir(path.join(ROOT, 'lib'), { recursive: true })) {
    if (!file.endsWith('.js') || file === 'workflow-bundle.js') continue;
    const { importedFiles } = ts.preProcessFile(await readFile(path.join(ROOT, 'lib', file), 'utf8'), true, true);
    for (const { fileName } of importedFiles) {
      if (!/^(\.|node:)/.test(fileName)) found.add(fileName.split('/', fileName.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return [...found].sort();
}

test('one install brings exactly the packages that the built package imports', async () => {
  const brought = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });

  expect(brought.sort()).toEqual(await imports());
});

test("Temporal's packages are plain peers, so npm installs them and an application's own versions count", () => {
  expect(peerDependenciesMeta).toBeUndefined();
  expect(Object.keys(peerDependencies).filter((name) => !name.startsWith('@temporalio/'))).toEqual([]);
  expect(Object.keys(dependencies).filter((name) => name.startsWith('@temporalio/'))).toEqual([]);
});

test("Temporal's interceptors of one exact SDK are optional: as a peer they would stop an installation beside another SDK", () => {
  expect(Object.keys(optionalDependencies)).toEqual(['@temporalio/interceptors-opentelemetry']);
});

test('each peer is locked at a version that its range allows, and stays when npm prunes what is for development', async () => {
  const { packages } = JSON.parse(await readFile(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>>;
  };
  for (const [name, range] of Object.entries(peerDependencies)) {
    const locked = packages[`node_modules/${name}`];
    const [[major = 0, minor = 0], [oldestMajor, oldestMinor]] = [numbers(locked?.version), numbers(range)];
    expect(major).toBe(oldestMajor);
    expect(minor).toBeGreaterThanOrEqual(oldestMinor ?? Infinity);
    expect(locked?.dev).toBeUndefined();
  }
});

function numbers(version = ''): number[] {
  return version.replace('^', '').split('.').map(Number);
}
