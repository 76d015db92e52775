import { readFile } from 'node:fs/promises';
import { measureSchedules, sharesOfTerraform } from '../../bench/schedules/measure.js';
import { plot } from '../../bench/schedules/plot.js';
import { tablesOf, withTables } from '../../bench/schedules/tables.js';
import { ours } from '../../bench/schedules/waiters.js';

const figures = measureSchedules();
const docs = (file: string) => readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

describe('docs/maintainers/schedule.md', () => {
  test('has the tables that `bench/schedules.ts --write` would write', async () => {
    const page = await docs('maintainers/schedule.md');

    expect(withTables(page, tablesOf(figures))).toBe(page);
  });

  test('shows the picture that it would draw', async () => {
    expect(await docs('maintainers/schedule.md')).toContain('](../images/schedules.svg)');
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

describe("no schedule of this package is behind Terraform's waiter in calls and in lateness", () => {
  test.each([9, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 600, 1_800])('for tasks of %d s', (lengthS) => {
    const behind = [0.1, 0.2].flatMap((spread) =>
      Object.entries(sharesOfTerraform(lengthS, spread))
        .filter(([name, { calls, lateS }]) => name in ours && calls > 1 && lateS > 1)
        .map(([name, { calls, lateS }]) => `${name}, spread by ${spread}: ${calls.toFixed(3)} and ${lateS.toFixed(3)}`),
    );

    expect(behind).toEqual([]);
  });
});
