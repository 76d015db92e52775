import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { requirePackages, WORKER_PACKAGES } from '../../src/worker/required-packages.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

/** The packages that files of these zones of the built package import when they are loaded. */
async function importsOf(...zones: string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const zone of zones) {
    const folder = path.join(ROOT, 'lib', zone);
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.js')) continue;
      const { importedFiles } = ts.preProcessFile(await readFile(path.join(folder, file), 'utf8'), true, true);
      for (const { fileName } of importedFiles) {
        if (!/^(\.|node:)/.test(fileName)) found.add(fileName.split('/', fileName.startsWith('@') ? 2 : 1).join('/'));
      }
    }
  }
  return [...found].sort();
}

test('a worker asks for exactly the packages that it imports', async () => {
  expect(await importsOf('worker', 'activities', 'tencent', 'workflows', 'contract')).toEqual([...WORKER_PACKAGES]);
});

test('who imports ./workflows needs nothing but the two packages that every workflow has', async () => {
  const { peerDependencies, peerDependenciesMeta } = await manifest();
  const required = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);

  expect(required).toEqual(['@temporalio/common', '@temporalio/workflow']);
  const needed = await importsOf('workflows', 'contract');
  expect(required).toEqual(expect.arrayContaining(needed));
});

test('every package that a door or the command line imports is declared, and installed for development', async () => {
  const { dependencies, devDependencies, peerDependencies } = await manifest();
  const imported = await importsOf('.');

  expect(Object.keys({ ...dependencies, ...peerDependencies })).toEqual(expect.arrayContaining(imported));
  expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(Object.keys(peerDependencies)));
});

test('what is missing is named in one line that installs it', () => {
  expect(() => requirePackages(['ini', 'not-installed', '@not/installed'])).toThrow(
    'needs packages that are not installed: not-installed, @not/installed. Run: npm install ' +
      '"not-installed@*" "@not/installed@*"',
  );
  expect(() => requirePackages()).not.toThrow();
});
