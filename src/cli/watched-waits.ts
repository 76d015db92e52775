import type { RedisTaskWaitState } from '../contract/task/view.js';
import { endOfWait } from './ending-of-wait.js';
import { EXIT, type ExitCode, worstOf } from './exit-codes.js';
import type { Host } from './host.js';
import { LiveView, type Shown } from './live-view.js';
import { endingOfError, stateText, type Subject, writeEnding } from './outcome.js';
import type { Temporal } from './temporal.js';
import { type Output, printable } from './terminal.js';

/** A wait that is shown until its end. */
export interface WatchedWait extends Shown<RedisTaskWaitState> {
  readonly subject: Subject;
}

export type WaitsView = LiveView<WatchedWait, RedisTaskWaitState>;

export function viewOfWaits(temporal: Temporal, output: Output, host: Host, waits: readonly WatchedWait[]): WaitsView {
  return new LiveView(temporal, output, new Set(waits), host, {
    follow: ({ workflowId }, options) => temporal.waits.progress({ workflowId }, options),
    name: nameOfWatched,
    text: (wait) => (wait.state ? stateText(wait.state) : `${nameOfWatched(wait)} not seen yet`),
    headline: ({ status, observation, lastError }) => [status, observation?.instanceId, lastError?.code],
  });
}

function nameOfWatched({ subject, workflowId }: WatchedWait): string {
  return String(subject.taskId ?? printable(workflowId));
}

/** Shows one wait until it has ended, and then how. @param begin - what has to happen before */
export async function showUntilEnd(
  wait: WatchedWait,
  view: WaitsView,
  begin = () => Promise.resolve(),
): Promise<ExitCode> {
  const { temporal, output } = view;
  const { workflowId, subject } = wait;
  const ending = await begin()
    .then(() => {
      void view.follow(wait);
      return endOfWait(temporal, workflowId, subject);
    })
    .catch((error: unknown) => endingOfError(error, subject, temporal));
  view.end(wait, () => writeEnding(output, ending, temporal.link(workflowId)));
  return ending.exitCode;
}

/** The exit code of all, and in a terminal a line that counts them. */
export function codeOfAll(codes: readonly ExitCode[], view: WaitsView): ExitCode {
  const good = codes.filter((code) => code === EXIT.succeeded).length;
  if (view.output.isLive && codes.length > 1) {
    view.say(`${codes.length} tasks: ${good} succeeded, ${codes.length - good} did not.`);
  }
  return worstOf(codes);
}
