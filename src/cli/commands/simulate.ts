import { durationMs, formatDuration } from '../../contract/duration.js';
import { CliError, EXIT, type ExitCode } from '../exit-codes.js';
import { duration, type PollingFlags, pollingInput, readPlan } from '../flags.js';
import { forecast, historyEvents, pollTimes } from '../forecast.js';
import { createOutput } from '../terminal.js';

/** Enough for two digits, and over in a second even for polls each second. */
const POLLS_PLAYED = 2_000_000;

interface SimulateFlags extends PollingFlags {
  readonly duration: readonly string[];
  readonly json?: boolean;
}

/** `redis-task simulate`: what a schedule costs, before anyone deploys it. */
export function simulate(flags: SimulateFlags): Promise<ExitCode> {
  const { schedule, maxWaitMs } = readPlan({ taskId: 1, region: 'any-region', ...pollingInput(flags) });
  const lengths = flags.duration.map(readLength);
  const output = createOutput(flags);
  if (output.isHuman) output.result(null, row('task takes', 'polls', 'seen late by', 'at most', 'history events'));
  for (const lengthMs of lengths) {
    const tasks = Math.ceil(Math.min(2_000, (POLLS_PLAYED * schedule.initialIntervalMs) / lengthMs));
    const { polls, late, lateAtMost } = forecast(() => pollTimes(schedule), lengthMs, tasks);
    const figures = {
      durationMs: lengthMs,
      polls: Number(polls.toFixed(1)),
      latenessMeanMs: Math.round(late),
      latenessMaxMs: Math.round(lateAtMost),
      historyEvents: Math.round(historyEvents(polls)),
    };
    const seconds = (ms: number) => formatDuration(ms < 1_000 ? ms : Math.round(ms / 100) * 100);
    output.result(
      figures,
      row(
        formatDuration(lengthMs),
        figures.polls.toFixed(1),
        seconds(late),
        seconds(lateAtMost),
        String(figures.historyEvents),
      ),
    );
    if (lengthMs > maxWaitMs) {
      output.say(
        `A task of ${formatDuration(lengthMs)} outlasts --max-wait of ${formatDuration(maxWaitMs)}: its wait would end as RedisTaskTimedOut.`,
      );
    }
  }
  return Promise.resolve(EXIT.succeeded);
}

function readLength(text: string): number {
  const ms = durationMs(duration(text));
  if (ms !== undefined && ms > 0 && ms <= 30 * 86_400_000) return ms;
  throw new CliError(
    EXIT.usage,
    `--duration is ${JSON.stringify(text.slice(0, 100))}, but it must be a duration up to 30 d, such as 90s, 10m or 1.5h.`,
  );
}

function row(...cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(14)).join('  ');
}
