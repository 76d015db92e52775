import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** A bug: in which file which text becomes which. */
export interface Bug {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

/** Plants a bug in a copy of the code, alone. @returns the folder of the copy, below `folder` */
export async function plant({ name, file, text, becomes }: Bug, folder: string): Promise<string> {
  const source = path.join(folder, name.replace(/\W+/g, '-'));
  await cp(SRC, source, { recursive: true });
  const code = await readFile(path.join(source, file), 'utf8');
  // The code has moved on when this fails, and the bug has to follow.
  expect(code.split(text)).toHaveLength(2);
  await writeFile(path.join(source, file), code.replace(text, becomes));
  return source;
}
