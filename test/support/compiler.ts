import path from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../docs/.vitepress/forge.js';

/** The options of this project. */
export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: unknown };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return options;
}

/** What the compiler says of files by the rules of this project. */
export function compilerErrorsOf(files: readonly string[]): string[] {
  const program = ts.createProgram(files, compilerOptions());
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}
