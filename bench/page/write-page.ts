import { readFile, writeFile } from 'node:fs/promises';
import { withTables } from '../schedules/tables.js';
import { plotsOf } from './plots.js';
import { readPageResults } from './results.js';
import { tablesOf } from './tables.js';

const PAGE = new URL('../../docs/maintainers/performance.md', import.meta.url);
const IMAGES = new URL('../../docs/images/', import.meta.url);

/** Brings docs/maintainers/performance.md and its pictures up to date with bench/results. */
export async function writePage(): Promise<void> {
  const results = await readPageResults();
  await writeFile(PAGE, withTables(await readFile(PAGE, 'utf8'), tablesOf(results)));
  for (const [name, svg] of Object.entries(plotsOf(results))) await writeFile(new URL(name, IMAGES), svg);
}
