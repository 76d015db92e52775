import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../docs/.vitepress/forge.js';
import { compilerErrorsOf, compilerOptions } from '../support/compiler.js';

/** Examples are compiled inside the project, so that its own name resolves as it does for a user. */
const FOLDER = path.join(ROOT, '.cache', 'examples');

/** What an export is in the package as it is built, with its comment. */
interface PublicName {
  readonly name: string;
  readonly entryPoint: string;
  readonly kind: 'callable' | 'options' | 'other';
  readonly isType: boolean;
  /** The properties that this package declares. */
  readonly properties: readonly { readonly name: string; readonly isDocumented: boolean }[];
  readonly example: string | undefined;
}

/** What the examples take from their reader, besides the public names. */
const READERS_NAMES: Readonly<Record<string, string>> = {
  Worker: "import { Worker } from '@temporalio/worker';",
  Client: "import { Client } from '@temporalio/client';",
  TestWorkflowEnvironment: "import { TestWorkflowEnvironment } from '@temporalio/testing';",
  createNexusServiceClient: "import { createNexusServiceClient } from '@temporalio/workflow';",
  fileURLToPath: "import { fileURLToPath } from 'node:url';",
  taskId: 'declare const taskId: number;',
  region: 'declare const region: string;',
  workflowId: 'declare const workflowId: string;',
  workflowsPath: 'declare const workflowsPath: string;',
  connection: "declare const connection: import('@temporalio/worker').NativeConnection;",
  client: "declare const client: import('@temporalio/client').Client;",
  codec: "declare const codec: import('@temporalio/common').PayloadCodec;",
  waits: "declare const waits: import('temporal-tencent-redis/client').RedisTaskClient;",
  api: "declare const api: import('temporal-tencent-redis/activities').RedisApi;",
  alert: 'declare function alert(...facts: unknown[]): Promise<void>;',
};

const names = await publicNames();

afterAll(() => rm(FOLDER, { recursive: true, force: true }));

test('every exported function and class, and every type of options, has an example', () => {
  expect(names.length).toBeGreaterThan(60);
  const needy = names.filter(({ kind, example }) => kind !== 'other' && example === undefined);
  expect(needy.map(({ entryPoint, name }) => `${entryPoint}: ${name}`)).toEqual([]);
});

test('every option has a comment, and stands in the example of its type', () => {
  const options = names.filter(({ kind }) => kind === 'options');
  expect(options.length).toBeGreaterThan(10);
  const missing = options.flatMap(({ name, properties, example = '' }) =>
    properties
      .filter((property) => !property.isDocumented || !new RegExp(`\\b${property.name}\\b`).test(example))
      .map((property) => `${name}.${property.name}`),
  );
  expect(missing).toEqual([]);
});

test('every example compiles against the built package', async () => {
  await mkdir(FOLDER, { recursive: true });
  const files = [];
  for (const [index, { name, example }] of names.entries()) {
    if (example === undefined) continue;
    // Numbered, since two names may differ only in the case of a letter.
    const file = path.join(FOLDER, `${name}-${index}.ts`);
    await writeFile(file, `${preludeOf(example)}\nexport {};\n${example}`);
    files.push(file);
  }
  expect(compilerErrorsOf(files)).toEqual([]);
});

/** Imports and declarations of the names that an example uses and does not declare. */
function preludeOf(example: string): string {
  const isDeclared = (name: string) =>
    new RegExp(`(const|let) (${name}\\b|{[^}]*\\b${name}\\b)|(import|export) {[^}]*\\b${name}\\b`).test(example);
  // Not a property, a file's name or a key of an object.
  const isUsed = (name: string) => new RegExp(`(?<!['/]|[^.]\\.)\\b${name}\\b(?!:)`).test(example) && !isDeclared(name);
  const ofPackage = names
    .filter(({ name }) => isUsed(name))
    // Several entry points may export it.
    .filter((each, index, all) => all.findIndex(({ name }) => name === each.name) === index)
    .map(({ name, entryPoint, isType }) => `import ${isType ? 'type ' : ''}{ ${name} } from '${entryPoint}';`);
  const readers = Object.entries(READERS_NAMES).filter(([name]) => isUsed(name));
  return [...ofPackage, ...readers.map(([, line]) => line)].join('\n');
}

/** What the entry points of the package export, read from their declarations. */
async function publicNames(): Promise<PublicName[]> {
  const { name: packageName, exports } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  const entryPoints = Object.entries(exports).flatMap(([key, target]) =>
    typeof target === 'string' ? [] : [{ name: packageName + key.slice(1), file: path.join(ROOT, target.types) }],
  );
  const program = ts.createProgram(
    entryPoints.map(({ file }) => file),
    compilerOptions(),
  );
  const checker = program.getTypeChecker();
  return entryPoints.flatMap(({ name: entryPoint, file }) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${file} exports nothing`);
    return checker.getExportsOfModule(module).map((exported) => publicName(checker, entryPoint, exported));
  });
}

function publicName(checker: ts.TypeChecker, entryPoint: string, exported: ts.Symbol): PublicName {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const name = exported.name;
  const isType = !(symbol.flags & ts.SymbolFlags.Value);
  const isOptions = isType && (/(Options|Input|Polling)$/.test(name) || name === 'RedisApiCall');
  const isCallable = symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class);
  const tag = symbol.getJsDocTags(checker).find((each) => each.name === 'example');
  const [, example] = /```ts\n([\s\S]*?)```/.exec(ts.displayPartsToString(tag?.text)) ?? [];
  const own = (property: ts.Symbol) =>
    property.declarations?.some((each) => !each.getSourceFile().fileName.includes('/node_modules/'));
  return {
    name,
    entryPoint,
    kind: isOptions ? 'options' : isCallable ? 'callable' : 'other',
    isType,
    properties: checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
      .filter(own)
      .map((property) => ({
        name: property.name,
        isDocumented: ts.displayPartsToString(property.getDocumentationComment(checker)) !== '',
      })),
    example,
  };
}
