import { setTimeout } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { createLogUpdate } from 'log-update';
import { formatDuration } from '../contract/duration.js';
import type { RedisTaskWaitState } from '../contract/view.js';
import type { Task } from './flags.js';
import { isOutOfReach, soon, type Temporal } from './temporal.js';
import { type Output, printable } from './terminal.js';
import { WorkerWatch } from './worker-watch.js';

const REDRAW_MS = 250;
const LOOK_AGAIN_MS = 1_000;
const LOOK_AGAIN_AT_LATEST_MS = 10_000;
const LOOK_FOR_WORKERS_MS = 250;

/** How many waits are asked at once: a worker answers each. */
const LOOKS_AT_ONCE = 10;

/** How long a worker may take to say where a wait stands: without one, nobody does. */
const SILENT_MS = 500;

interface Watched {
  readonly task: Task;
  readonly wait: WorkflowHandle;
  state?: RedisTaskWaitState;
  lookAt: number;
  /** Since when it has been asked in vain. */
  silentSince: number | undefined;
  said: string;
}

/** Shows waits while they go on: a live line each in a terminal, otherwise a line a change on stderr. */
export class LiveView {
  private readonly watched = new Map<number, Watched>();
  private readonly live = createLogUpdate(process.stderr);
  private readonly stopping = new AbortController();
  private readonly workers: WorkerWatch;
  private notice = '';
  private paused = false;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly temporal: Temporal,
    private readonly output: Output,
  ) {
    this.workers = new WorkerWatch(temporal, this.stopping.signal);
    // What a worker is asked may take seconds without one; nobody waits for that in the end.
    void this.every(LOOK_AGAIN_MS, () => this.look());
    this.running = Promise.all([
      this.every(LOOK_FOR_WORKERS_MS, () => this.lookForWorkers()),
      ...(output.isLive ? [this.every(REDRAW_MS, () => this.redraw())] : []),
    ]);
  }

  add(task: Task, wait: WorkflowHandle): void {
    this.watched.set(task.taskId, { task, wait, lookAt: 0, silentSince: undefined, said: '' });
  }

  /** Takes a task out; what `write` prints stays above the live lines. */
  remove(task: Task, write: () => void): void {
    this.watched.delete(task.taskId);
    this.above(write);
  }

  /** Prints something that stays above the live lines. */
  above(write: () => void): void {
    if (this.output.isLive) this.live.clear();
    write();
    this.draw();
  }

  /** Leaves the screen to a question. */
  pause(paused: boolean): void {
    this.paused = paused;
    if (this.output.isLive && paused) this.live.clear();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    if (!this.output.isLive) return;
    this.live.clear();
    this.live.done();
  }

  private async every(ms: number, act: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // What cannot be seen just now is not shown: the result is asked for elsewhere, and says what is wrong.
      await act().catch(() => undefined);
      await setTimeout(ms, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const due = [...this.watched.values()].filter(({ lookAt }) => lookAt <= Date.now());
    for (let at = 0; at < due.length && !this.stopping.signal.aborted; at += LOOKS_AT_ONCE) {
      await Promise.all(due.slice(at, at + LOOKS_AT_ONCE).map((each) => this.lookAt(each)));
    }
  }

  private async lookAt(each: Watched): Promise<void> {
    const state = await this.ask(each);
    // Nothing changes before the next poll, unless somebody steers the wait.
    const nextPollMs = state?.nextPollAt ? Date.parse(state.nextPollAt) - Date.now() + 300 : 0;
    each.lookAt = Date.now() + Math.min(LOOK_AGAIN_AT_LATEST_MS, Math.max(LOOK_AGAIN_MS - 50, nextPollMs));
    if (!state || !this.watched.has(each.task.taskId) || this.stopping.signal.aborted) return;
    each.state = state;
    // In a pipe, one more poll alone is no news.
    const news = JSON.stringify([state.status, state.observation?.instanceId, state.lastError?.code]);
    if (!this.output.isLive && news !== each.said) this.output.say(factsOf(each));
    each.said = news;
  }

  private async ask(each: Watched): Promise<RedisTaskWaitState | undefined> {
    each.silentSince ??= Date.now();
    try {
      const state = await soon(this.temporal, () => each.wait.query<RedisTaskWaitState>('getState'));
      each.silentSince = undefined;
      return state;
    } catch (error) {
      // Anything else is an answer, too.
      if (!isOutOfReach(error)) each.silentSince = undefined;
      return undefined;
    }
  }

  private async lookForWorkers(): Promise<void> {
    const silentBefore = Date.now() - SILENT_MS;
    const isSilent = [...this.watched.values()].some(({ silentSince = Infinity }) => silentSince < silentBefore);
    const notice = (await this.workers.missing(isSilent)) ?? '';
    if (notice === this.notice || this.stopping.signal.aborted) return;
    this.notice = notice;
    if (this.output.isLive) return;
    this.output.say(notice ? `${notice} The waits go on when one comes.` : 'A worker takes work again.');
  }

  private draw(): void {
    if (!this.output.isLive || this.paused || this.stopping.signal.aborted) return;
    // Some terminals have no size to tell.
    const columns = process.stderr.columns || 80;
    const rows = process.stderr.rows || 24;
    const lines = [...this.watched.values()].map((each) => this.line(each, columns));
    if (this.notice) lines.unshift(cutTo(columns, this.notice));
    const room = Math.max(1, rows - 2);
    const hidden = lines.length - room;
    this.live((hidden > 0 ? [...lines.slice(0, room), `… and ${hidden} more`] : lines).join('\n'));
  }

  private redraw(): Promise<void> {
    this.draw();
    return Promise.resolve();
  }

  /** A line that fits; the link only when it fits too, since half a link leads nowhere. */
  private line(each: Watched, columns: number): string {
    const text = `${factsOf(each)}${paceOf(each.state)}`;
    const link = this.temporal.link(each.wait.workflowId);
    if (link !== undefined && text.length + 3 + link.length < columns) {
      return `${text} · ${this.output.paint('dim', link)}`;
    }
    return cutTo(columns, text);
  }
}

function factsOf({ task, state }: Watched): string {
  const { status = null, polls = 0, observation, lastError } = state ?? {};
  const parts = [
    `${task.taskId} ${printable(status ?? 'not seen yet')}`,
    ...(observation?.instanceId ? [printable(observation.instanceId)] : []),
    ...(lastError ? [`last error ${printable(lastError.code)}`] : []),
    `polls ${polls}`,
  ];
  return parts.join(' · ');
}

function paceOf(state: RedisTaskWaitState | undefined): string {
  if (!state) return '';
  if (state.nextPollAt === null) return ' · polling now';
  const ms = Date.parse(state.nextPollAt) - Date.now();
  // In whole seconds, so that a line does not jump about.
  return ms < 1_000 ? ' · polling now' : ` · next poll in ${formatDuration(Math.floor(ms / 1_000) * 1_000)}`;
}

function cutTo(columns: number, text: string): string {
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}
