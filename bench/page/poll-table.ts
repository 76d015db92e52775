import type { PollCost } from '../pacings.js';
import { table } from '../schedules/tables.js';

type Figure = (cost: PollCost) => number | null;

const FIGURES: readonly (readonly [name: string, figure: Figure, digits: number])[] = [
  ['events in history', ({ events }) => events, 1],
  ['bytes of history', ({ bytes }) => bytes, 0],
  ["writes of the wait's state by the server", ({ transitions }) => transitions, 1],
  ['actions that Temporal Cloud would bill', ({ actions }) => actions, 1],
  ['CPU of the worker, ms', ({ workerCpuMs }) => workerCpuMs, 1],
  ['CPU of the dev server, ms', ({ serverCpuMs }) => serverCpuMs, 1],
  ['late by, ms (median)', ({ lateMedianMs }) => lateMedianMs, 0],
  ['late by, ms (95 % within)', ({ lateP95Ms }) => lateP95Ms, 0],
];

/** What one unchanged poll costs, with who is ahead in each row. */
export function pollTable(costs: readonly PollCost[]): string {
  const rows = FIGURES.map(([name, figure, digits]) => {
    const values = costs.map((cost) => figure(cost)?.toFixed(digits) ?? 'not measured');
    const best = Math.min(...values.map(Number).filter((each) => !Number.isNaN(each)));
    const ahead = costs.filter((_, index) => Number(values[index]) === best).map(({ way }) => way);
    return [name, ...values, ahead.length === costs.length ? 'all alike' : ahead.join(' and ')];
  });
  const kinds = ['of these actions', ...costs.map(actionsOf), ''];
  const at = rows.findIndex(([name]) => name?.startsWith('actions')) + 1;
  return table(['one unchanged poll', ...costs.map(({ way }) => way), 'ahead'], rows.toSpliced(at, 0, kinds));
}

function actionsOf({ actionsByKind }: PollCost): string {
  // What is left of a poll at the edge of the measurement is not worth a word.
  const kinds = Object.entries(actionsByKind).filter(([, count]) => count >= 0.1);
  return kinds.map(([kind, count]) => `${kind} ${count.toFixed(1)}`).join(', ');
}
