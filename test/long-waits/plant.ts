import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** In which file which text becomes which. */
export interface Edit {
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

/** A bug of one edit. */
export interface Bug extends Edit {
  readonly name: string;
}

/**
 * For the tests of a file: plants a bug in a copy of the code, alone, and gives back the folder of the copy. The copies are
 * removed in the end.
 *
 * @param code - the folder of the project that is copied
 */
export function plantingIn(code: 'src' | 'lib'): (name: string, ...edits: readonly Edit[]) => Promise<string> {
  let folder: string;
  beforeAll(async () => {
    // Under the project, so that its packages are found.
    await mkdir(path.join(ROOT, '.cache'), { recursive: true });
    folder = await mkdtemp(path.join(ROOT, '.cache/planted-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  return async (name, ...edits) => {
    const copy = path.join(folder, name.replace(/\W+/g, '-'));
    await cp(path.join(ROOT, code), copy, { recursive: true });
    for (const { file, text, becomes } of edits) {
      const before = await readFile(path.join(copy, file), 'utf8');
      // The code has moved on when this fails, and the bug has to follow.
      expect(before.split(text)).toHaveLength(2);
      await writeFile(path.join(copy, file), before.replace(text, becomes));
    }
    return copy;
  };
}
