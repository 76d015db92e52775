import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = path.join(ROOT, 'test/types');

/** What the compiler says of each file, by the project's own settings. The package by its name is the built one. */
function complaints(names: readonly string[]): Record<string, string[]> {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (name) => ts.sys.readFile(name)) as {
    config: { compilerOptions: unknown };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const at = (name: string) => path.join(FOLDER, name);
  const program = ts.createProgram(names.map(at), options);
  const of = (name: string) => ts.getPreEmitDiagnostics(program, program.getSourceFile(at(name))).map(inWords);
  return Object.fromEntries(names.map((name) => [name, of(name)] as const));
}

function inWords({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

test('the types of the built package are what test/types expects', () => {
  const files = readdirSync(FOLDER);

  expect(files.length).toBeGreaterThan(0);
  expect(complaints(files)).toEqual(Object.fromEntries(files.map((file) => [file, []])));
}, 180_000);
