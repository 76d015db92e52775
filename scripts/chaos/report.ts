import { formatDuration } from 'temporal-tencent-redis';
import type { SimulatorStats } from 'temporal-tencent-redis/testing';
import type { Overlap } from './call-watch.js';
import type { ChaosFlags } from './flags.js';
import type { JudgedWait, Verdict } from './verdict.js';
import type { FaultCounts } from './weather.js';

/** Everything that a run has shown. */
export interface ChaosOutcome {
  readonly flags: ChaosFlags;
  /** The machine's cores, and how many processes wanted one: far more of them, and it is the machine that is late. */
  readonly cores: number;
  readonly load: number;
  readonly waits: readonly JudgedWait[];
  readonly stats: SimulatorStats;
  readonly faults: FaultCounts;
  readonly kills: { readonly SIGKILL: number; readonly SIGTERM: number };
  readonly deserters: number;
  readonly serverKills: number;
  readonly serverAwayMs: number;
  readonly overlaps: readonly Overlap[];
  /** Overlaps that one wait alone can explain. */
  readonly givenUp: number;
  /** How long the last wait took to end after the last fault; undefined when some never did. */
  readonly drainedMs: number | undefined;
}

/** Whether the run showed what it must: nothing lost, stuck, wrong or doubled, and no trace of a mistake. */
export function isClean(outcome: ChaosOutcome): boolean {
  const { lost, stuck, wrong, duplicates, failedTasks, secrets } = countsOf(outcome);
  return lost + stuck + wrong + duplicates + failedTasks + secrets === 0;
}

/** The table of a run, in Markdown. */
export function tableOf(outcome: ChaosOutcome): string {
  const { flags, waits, stats, faults, kills } = outcome;
  const verdicts = waits.map(({ verdict }) => verdict);
  const { lost, stuck, wrong, duplicates, failedTasks, secrets, timedOutTasks } = countsOf(outcome);
  const struck = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const ended = verdicts.filter(({ ending }) => /succeeded|Failed|Errored/.test(ending));
  const rows: [string, string][] = [
    ['run', `${flags.seconds} s of faults, ${flags.workers} workers, ${flags.rps} calls a second, seed ${flags.seed}`],
    ['machine', `${outcome.cores} cores, load ${outcome.load.toFixed(1)}`],
    ['waits', `${verdicts.length}: ${tally(verdicts.map(({ ending }) => ending))}`],
    ['calls', `${stats.calls}, ${percent(struck, stats.calls)} of them struck by a fault`],
    ['faults by kind', listed(faults)],
    ['refused for the rate besides', String(stats.outcomes['RequestLimitExceeded'] ?? 0)],
    ['workers killed', `${kills.SIGKILL + kills.SIGTERM} (SIGKILL ${kills.SIGKILL}, SIGTERM ${kills.SIGTERM})`],
    ['workers that ended unasked', String(outcome.deserters)],
    ['Temporal server killed', `${outcome.serverKills} (away for ${formatDuration(outcome.serverAwayMs)})`],
    ['**lost**', `**${lost}**`],
    ['**stuck**', `**${stuck}**`],
    ['**wrong outcomes**', `**${wrong}**`],
    [
      '**duplicates**',
      `**${duplicates}** (calls made while one that was given up was not yet broken off: ${outcome.givenUp})`,
    ],
    ['failed workflow tasks', `${failedTasks} (timed out with a killed worker: ${timedOutTasks})`],
    ['histories with a secret', String(secrets)],
    ['**longest wait past the true end**', `**${longest(ended)}**`],
    ['past the deadline, when it passed', longest(verdicts.filter(({ ending }) => ending === 'RedisTaskTimedOut'))],
    ['past a cancellation', longest(verdicts.filter(({ ending }) => ending === 'cancelled'))],
    ['all had ended after the faults', outcome.drainedMs === undefined ? 'no' : formatDuration(outcome.drainedMs)],
  ];
  return [['', ''], ['---', '---'], ...rows].map(([name, value]) => `| ${name} | ${value} |`).join('\n');
}

function countsOf({ waits, overlaps }: ChaosOutcome) {
  const count = (is: Verdict['is']) => waits.filter(({ verdict }) => verdict.is === is).length;
  const records = waits.map(({ record }) => record);
  const extraRuns = records.reduce((sum, { runs }) => sum + Math.max(0, runs - 1), 0);
  return {
    lost: count('lost'),
    stuck: count('stuck'),
    wrong: count('wrong'),
    duplicates: extraRuns + overlaps.length,
    failedTasks: records.reduce((sum, { failedTasks }) => sum + failedTasks.length, 0),
    timedOutTasks: records.reduce((sum, { timedOutTasks }) => sum + timedOutTasks, 0),
    secrets: records.filter(({ holdsSecret }) => holdsSecret).length,
  };
}

function longest(verdicts: readonly Verdict[]): string {
  const late = verdicts.flatMap(({ lateMs }) => lateMs ?? []).sort((a, b) => a - b);
  if (late.length === 0) return 'none';
  const at = (share: number) => formatDuration(late[Math.floor(share * (late.length - 1))] ?? 0);
  return `${at(1)} (half within ${at(0.5)}, 95 % within ${at(0.95)})`;
}

function tally(names: readonly string[]): string {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return listed(counts);
}

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.map(([name, count]) => `${name} ${count}`).join(', ');
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? '0' : ((100 * part) / whole).toFixed(1)} %`;
}

/** What was not right, in words. */
export function anomaliesOf({ waits, overlaps }: ChaosOutcome): readonly string[] {
  return [
    ...waits.flatMap(({ wait, record, verdict }) => {
      const reasons = [...verdict.because, ...record.failedTasks];
      if (record.runs > 1) reasons.push(`${record.runs} runs`);
      if (record.holdsSecret) reasons.push('a secret in its history');
      return reasons.map((reason) => `${verdict.is} · ${wait.workflowId}: ${reason}`);
    }),
    ...overlaps.map(
      ({ taskId, at, afterMs }) =>
        `two calls at once · task ${taskId} at ${new Date(at).toISOString()}, ${formatDuration(afterMs)} after the one before`,
    ),
  ];
}
