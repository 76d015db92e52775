import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../docs/.vitepress/forge.js';
import { writtenPages } from '../../docs/.vitepress/pages.js';
import { compilerErrorsOf } from '../support/compiler.js';

/** Snippets are compiled inside the project, so that its own name resolves as it does for a user, and what tests need. */
const FOLDER = path.join(ROOT, 'test', '.cache', 'snippets');

/** What the snippets import from their reader's own files, where the page itself does not show it. */
const READERS_FILES: Readonly<Record<string, string>> = {
  'activities.ts': `export interface MyActivities {
  clearInstance(instanceId: string, region: string): Promise<number>;
  page(message: string): Promise<void>;
}`,
};

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/parents/README.md', 'examples/provisioning/README.md'],
  ...writtenPages().map((page) => path.join('docs', page)),
];

/** The snippets by file. Those of a page share a folder, so that one that names itself in its first line can be imported. */
async function snippets(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const page of PAGES) {
    const text = await readFile(path.join(ROOT, page), 'utf8');
    const folder = path.join(FOLDER, page.replaceAll(/\W/g, '-'));
    const codes = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
    if (codes.length === 0) continue;
    for (const [name, code] of Object.entries(READERS_FILES)) found.set(path.join(folder, name), code);
    for (const [index, code] of codes.entries()) {
      const [, name = `${index + 1}.ts`] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? [];
      found.set(path.join(folder, name), code);
    }
  }
  return found;
}

describe('the documents', () => {
  afterAll(() => rm(FOLDER, { recursive: true, force: true }));

  test('show no TypeScript that does not compile against the built package', async () => {
    const found = await snippets();
    for (const [file, code] of found) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, code);
    }

    expect(found.size).toBeGreaterThan(0);
    expect(compilerErrorsOf([...found.keys()])).toEqual([]);
  });

  test('link to no file that is not there', async () => {
    for (const page of PAGES) {
      const text = await readFile(path.join(ROOT, page), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        await expect(readFile(path.resolve(ROOT, path.dirname(page), target), 'utf8')).resolves.not.toBe('');
      }
    }
  });
});
