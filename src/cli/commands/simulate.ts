import { formatDuration } from '../../contract/duration.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readPlan } from '../flags.js';
import { forecast, historyEvents, pollTimes } from '../forecast.js';
import type { Host } from '../host.js';
import { type PollingFlags, pollingInput } from '../options.js';
import { createOutput } from '../terminal.js';

/** Enough for two digits, and over in a second even with a poll each second. */
const POLLS_PLAYED = 2_000_000;

interface SimulateFlags extends PollingFlags {
  readonly duration: readonly number[];
  readonly json?: boolean;
}

export function simulate(host: Host, flags: SimulateFlags): Promise<ExitCode> {
  const { schedule, maxWaitMs } = readPlan({ taskId: 1, region: 'any-region', ...pollingInput(flags) });
  const output = createOutput(host, flags);
  if (output.isHuman)
    output.result(null, formatRow('task takes', 'polls', 'seen late by', 'at most', 'history events'));
  for (const durationMs of flags.duration) {
    const tasks = Math.ceil(Math.min(2_000, (POLLS_PLAYED * schedule.initialIntervalMs) / durationMs));
    const { polls, late, lateAtMost } = forecast(() => pollTimes(schedule), durationMs, tasks);
    const figures = {
      durationMs,
      polls: Number(polls.toFixed(1)),
      latenessMeanMs: Math.round(late),
      latenessMaxMs: Math.round(lateAtMost),
      historyEvents: Math.round(historyEvents(polls)),
    };
    const takes = formatDuration(durationMs);
    const text = formatRow(
      takes,
      polls.toFixed(1),
      formatTenths(late),
      formatTenths(lateAtMost),
      String(figures.historyEvents),
    );
    output.result(figures, text);
    if (durationMs > maxWaitMs) {
      const maxWait = formatDuration(maxWaitMs);
      output.say(`A task of ${takes} outlasts --max-wait of ${maxWait}: its wait would end as RedisTaskTimedOut.`);
    }
  }
  return Promise.resolve(EXIT.succeeded);
}

function formatTenths(ms: number): string {
  return formatDuration(ms < 1_000 ? ms : Math.round(ms / 100) * 100);
}

function formatRow(...cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(14)).join('  ');
}
