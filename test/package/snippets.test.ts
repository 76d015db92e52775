import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { writtenPages } from '../../docs/.vitepress/pages.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Snippets are compiled inside the project, so that its own name resolves as it does for a user. */
const FOLDER = path.join(ROOT, '.cache', 'snippets');

/** What the snippets import from their reader's own files. */
const READERS_FILES: Readonly<Record<string, string>> = {
  'activities.ts': `export interface MyActivities {
  clearInstance(instanceId: string, region: string): Promise<number>;
  page(message: string): Promise<void>;
}`,
};

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/parents/README.md'],
  ...writtenPages().map((page) => path.join('docs', page)),
];

async function snippets(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const page of PAGES) {
    const text = await readFile(path.join(ROOT, page), 'utf8');
    for (const [index, match] of [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].entries()) {
      found.set(`${page.replaceAll(/\W/g, '-')}-${index + 1}.ts`, match[1] ?? '');
    }
  }
  return found;
}

function errorsOf(files: string[]): string[] {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: unknown };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram(files, options);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

describe('the documents', () => {
  afterAll(() => rm(FOLDER, { recursive: true, force: true }));

  test('show no TypeScript that does not compile against the built package', async () => {
    const found = await snippets();
    await mkdir(FOLDER, { recursive: true });
    for (const [name, code] of [...found, ...Object.entries(READERS_FILES)])
      await writeFile(path.join(FOLDER, name), code);

    expect(found.size).toBeGreaterThan(0);
    expect(errorsOf([...found.keys()].map((name) => path.join(FOLDER, name)))).toEqual([]);
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
