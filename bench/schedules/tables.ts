import type { Cost } from './law.js';
import { type CostByLength, LENGTHS_S, MEDIANS_S, type ScheduleFigures } from './measure.js';

/** The tables of docs/maintainers/schedule.md in Markdown, by the names of their places there. */
export function tablesOf(figures: ScheduleFigures): Record<string, string> {
  const best = MEDIANS_S.map((each) => `– / ${figures.bestLateS[each]?.toFixed(1)}`);
  return {
    'by-length': table(['calls / seconds late', ...LENGTHS_S.map(inSeconds)], costRows(figures.byLength, LENGTHS_S)),
    'beside-terraform': table(
      ['calls × seconds late, Terraform = 1', 'tasks of 9 to 120 s'],
      Object.entries(figures.besideTerraform).map(([name, share]) => [name, share.toFixed(2)]),
    ),
    'log-normal': table(
      ['calls / seconds late', ...MEDIANS_S.map((each) => `median ${inSeconds(each)}`)],
      [
        ...costRows(figures.logNormal, MEDIANS_S),
        ['best possible, with as many calls as `expectedDuration` right', ...best],
      ],
    ),
  };
}

/** Puts tables into their places in a page: between `<!-- table: name -->` and `<!-- end -->`. */
export function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, rows]) => {
    const [begin, end] = [`<!-- table: ${name} -->\n`, '<!-- end -->'];
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`No place for the table "${name}"`);
    return `${text.slice(0, from)}${begin}${rows}${text.slice(to)}`;
  }, page);
}

function costRows(costs: Readonly<Record<string, CostByLength>>, lengths: readonly number[]): string[][] {
  return Object.entries(costs).map(([name, byLength]) => [name, ...lengths.map((each) => inShort(byLength[each]))]);
}

function inShort(cost: Cost | undefined): string {
  return cost ? `${cost.calls.toFixed(1)} / ${cost.lateS.toFixed(1)}` : '–';
}

function inSeconds(seconds: number): string {
  return `${seconds} s`;
}

/** A table in Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}
