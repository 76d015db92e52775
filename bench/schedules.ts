/**
 * What a schedule costs, and how late it sees the end, next to those of other waiters. The same in every run.
 *
 *   node --import tsx bench/schedules.ts            prints the tables of docs/maintainers/schedule.md
 *   node --import tsx bench/schedules.ts --write    brings that page and its picture up to date
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureSchedules } from './schedules/measure.js';
import { plot } from './schedules/plot.js';
import { tablesOf, withTables } from './schedules/tables.js';

const PAGE = new URL('../docs/maintainers/schedule.md', import.meta.url);
const PICTURE = new URL('../docs/images/schedules.svg', import.meta.url);

const { values: flags } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const figures = measureSchedules();
const tables = tablesOf(figures);

if (flags.write) {
  await writeFile(PAGE, withTables(await readFile(PAGE, 'utf8'), tables));
  await writeFile(PICTURE, plot(figures));
} else {
  process.stdout.write(Object.values(tables).join('\n'));
}
