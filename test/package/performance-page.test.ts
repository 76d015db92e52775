import { readFile } from 'node:fs/promises';
import { plotsOf } from '../../bench/page/plots.js';
import { readPageResults } from '../../bench/page/results.js';
import { tablesOf } from '../../bench/page/tables.js';
import { withTables } from '../../bench/schedules/tables.js';

const docs = (file: string) => readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

describe('docs/maintainers/performance.md', () => {
  test('has the tables that `npm run bench -- --write` would write', async () => {
    const page = await docs('maintainers/performance.md');

    expect(withTables(page, tablesOf(await readPageResults()))).toBe(page);
  });

  test('shows the pictures that it would draw', async () => {
    const page = await docs('maintainers/performance.md');
    for (const [name, svg] of Object.entries(plotsOf(await readPageResults()))) {
      expect(page).toContain(`](../images/${name})`);
      expect(await docs(`images/${name}`)).toBe(svg);
    }
  });
});
