import { readFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');

/** What a page says it quotes: from which file, in which language, and the code. */
function quotesIn(page: string) {
  return [...page.matchAll(/^<!-- quoted from (\S+) -->\n\n```(\w+)\n([\s\S]*?)^```/gm)].map(
    ([, file = '', language = '', code = '']) => ({ file, language, code }),
  );
}

/** What stands between the two marks of a file, or all of it, without the indentation that all its lines share. */
function marked(file: string): string {
  const lines = file.split('\n');
  const [start, end] = ['docs:start', 'docs:end'].map((mark) => lines.findIndex((line) => line.trim().endsWith(mark)));
  const block = lines.slice((start ?? 0) + 1, end);
  const depth = Math.min(...block.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return block.map((line) => `${line.slice(depth)}\n`).join('');
}

test.each([
  ['docs/parents.md', ['typescript', 'go', 'python', 'java', 'typescript']],
  ['docs/testing.md', ['typescript']],
])('%s shows the code of the examples as it stands there', async (page, languages) => {
  const quotes = quotesIn(await read(page));
  expect(quotes.map(({ language }) => language)).toEqual(languages);

  for (const { file, code } of quotes) expect(code).toBe(marked(await read(file)));
});
