import os from 'node:os';
import { formatDuration } from '../../../src/contract/duration.js';
import { deadlineAt } from '../oracle.js';
import type { WaitRecord } from '../wait-record.js';
import { TERMINAL, trueEnd } from '../wait-script.js';
import type { ObservedWait } from './findings.js';
import { LIST_ACTION } from './plan.js';
import type { ExplorerStage } from './stage.js';
import type { WatchesRecord } from './watches.js';

const PACINGS = ['timers', 'shared'];

/** What a run has shown, as a table in Markdown. */
export function figuresOf(
  stage: ExplorerStage,
  run: string,
  observed: readonly ObservedWait[],
  records: readonly WaitRecord[],
  watches: WatchesRecord,
  wrong: number,
): string {
  const { simulator, kills, unexpectedExits, serverAwayMs } = stage;
  const { calls, outcomes, maxPerSecond } = simulator.stats();
  const { ok = 0, ...failed } = outcomes;
  const spanS = ((simulator.calls.at(-1)?.at ?? 0) - (simulator.calls[0]?.at ?? 0)) / 1_000;
  const rows: [string, string][] = [
    ['run', run],
    ['machine', `${os.cpus().length} cores, load ${(os.loadavg()[0] ?? 0).toFixed(1)}`],
    ['waits', `${records.length}: ${listed(tally(records.map(({ ending }) => ending?.as ?? 'none')))}`],
    ['pacing', listed(tally(records.map(pacingOf)))],
    ['parents', listed(tally(records.flatMap(({ parent }) => parent?.ended ?? [])))],
    ['done to waits and parents', listed(tally(records.flatMap(({ steering }) => steering.map(({ did }) => did))))],
    ['waits that continued as new', String(observed.filter(({ recorded }) => recorded.runs > 1).length)],
    ['calls', `${calls} (${(calls / spanS).toFixed(1)} a second, at most ${maxPerSecond} in one)`],
    ['calls without a task', `${((100 * (calls - ok)) / calls).toFixed(1)} %: ${listed(failed)}`],
    ['calls of the list', String(simulator.calls.filter(({ action }) => action === LIST_ACTION).length)],
    ['watches', `${watches.runs} runs, ${watches.events} events, ${kills.watch} terminated`],
    [
      'reports of a watch',
      listed(tally(records.flatMap(({ reports = [] }) => reports.map(({ unable = 'ask' }) => unable)))),
    ],
    ['workers killed', `SIGKILL ${kills.SIGKILL}, SIGTERM ${kills.SIGTERM}`],
    ['workers that ended unasked', String(unexpectedExits)],
    ['Temporal server killed', `${kills.server} (away for ${formatDuration(serverAwayMs)})`],
    ['longest time in the queue', formatDuration(records[0]?.longestQueueMs ?? 0)],
    ...PACINGS.map((pacing): [string, string] => [
      `past the task's true end, ${pacing}`,
      spread(records.filter((record) => pacingOf(record) === pacing).map(pastTrueEnd)),
    ]),
    ['past the deadline', spread(records.map(pastDeadline))],
    ['past a cancellation', spread(records.map(pastCancellation))],
    ['**waits that were wrong**', `**${wrong}**`],
  ];
  return [['', ''], ['---', '---'], ...rows].map(([name, value]) => `| ${name} | ${value} |`).join('\n');
}

function pacingOf({ script }: WaitRecord): string {
  return script.polling.pacing ?? 'timers';
}

function pastTrueEnd({ script, ending, endedAt = NaN }: WaitRecord): number | undefined {
  const isTrue = Object.values(TERMINAL).includes(ending?.as ?? '');
  return isTrue ? endedAt - Math.max(0, trueEnd(script.task) ?? NaN) : undefined;
}

function pastDeadline({ ending, endedAt = NaN, deadlines }: WaitRecord): number | undefined {
  return ending?.as === 'RedisTaskTimedOut' ? endedAt - deadlineAt(deadlines, endedAt) : undefined;
}

function pastCancellation({ ending, endedAt = NaN, steering }: WaitRecord): number | undefined {
  const cancel = steering.find(({ did }) => did.startsWith('cancel'));
  return ending?.as === 'cancelled' && cancel ? endedAt - cancel.at : undefined;
}

function spread(each: readonly (number | undefined)[]): string {
  const sorted = each.filter((ms) => ms !== undefined).sort((a, b) => a - b);
  const within = (share: number) => formatDuration(Math.max(0, sorted[Math.floor(share * (sorted.length - 1))] ?? 0));
  return sorted.length === 0
    ? 'none'
    : `at most ${within(1)} (half within ${within(0.5)}, 95 % within ${within(0.95)})`;
}

export function tally(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}
