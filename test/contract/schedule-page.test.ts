import { readFile } from 'node:fs/promises';
import { measureSchedules } from '../../bench/schedules/measure.js';
import { plot } from '../../bench/schedules/plot.js';
import { tablesOf, withTables } from '../../bench/schedules/tables.js';

const figures = measureSchedules();
const docs = (file: string) => readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

describe('docs/schedule.md', () => {
  test('has the tables that `bench/schedules.ts --write` would write', async () => {
    const page = await docs('schedule.md');

    expect(withTables(page, tablesOf(figures))).toBe(page);
  });

  test('shows the picture that it would draw', async () => {
    expect(await docs('schedule.md')).toContain('](images/schedules.svg)');
    expect(await docs('images/schedules.svg')).toBe(plot(figures));
  });
});

describe("calls times lateness, as a share of Terraform's waiter", () => {
  test.each([
    ['this package, defaults', 0.75],
    ['this package, `expectedDuration` right', 0.45],
    ['this package, `expectedDuration` half the truth', 0.9],
    ['this package, `expectedDuration` twice the truth', 0.9],
  ])('of %s is at most %d', (name, share) => {
    expect(figures.besideTerraform[name]).toBeLessThanOrEqual(share);
  });
});
