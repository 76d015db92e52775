import { createLogUpdate } from 'log-update';
import type { RedisTaskWaitState } from '../contract/view.js';
import type { Task } from './flags.js';
import { stateText } from './outcome.js';
import type { Temporal } from './temporal.js';
import type { Output } from './terminal.js';
import { noWorker } from './workers.js';

const REDRAW_MS = 250;

interface Row {
  readonly workflowId: string;
  readonly state?: RedisTaskWaitState;
  readonly hasWorker: boolean;
}

/** Shows running waits: a live line each in a terminal, otherwise a line for each change on stderr. */
export class LiveView {
  private readonly rows = new Map<Task, Row>();
  private readonly live = createLogUpdate(process.stderr);
  private readonly stopping = new AbortController();
  private readonly redrawing: NodeJS.Timeout | undefined;
  private isPaused = false;

  constructor(
    private readonly temporal: Temporal,
    private readonly output: Output,
  ) {
    if (output.isLive) this.redrawing = setInterval(() => this.draw(), REDRAW_MS);
  }

  /** Shows a wait until it is removed. */
  async follow(task: Task, workflowId: string): Promise<void> {
    this.rows.set(task, { workflowId, hasWorker: true });
    const onWorkerChange = (hasWorker: boolean) => this.changeWorker(task, hasWorker);
    const options = { signal: this.stopping.signal, onWorkerChange };
    try {
      for await (const state of this.temporal.waits.progress({ workflowId }, options)) this.changeState(task, state);
    } catch {
      // Ignore errors here; the result reports them.
    }
  }

  /** Removes a wait; what `write` prints stays above the live lines. */
  remove(task: Task, write: () => void): void {
    this.rows.delete(task);
    this.above(write);
  }

  /** Prints something that stays above the live lines. */
  above(write: () => void): void {
    if (this.output.isLive) this.live.clear();
    write();
    this.draw();
  }

  /** Leaves the screen to a question. */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (this.output.isLive && isPaused) this.live.clear();
  }

  stop(): void {
    this.stopping.abort();
    clearInterval(this.redrawing);
    if (!this.output.isLive) return;
    this.live.clear();
    this.live.done();
  }

  private changeState(task: Task, state: RedisTaskWaitState): void {
    const row = this.rows.get(task);
    if (!row) return;
    this.rows.set(task, { ...row, state });
    // In a pipe one more poll is no news.
    if (!this.output.isLive && headline(state) !== headline(row.state)) this.output.say(stateText(state));
  }

  private changeWorker(task: Task, hasWorker: boolean): void {
    const row = this.rows.get(task);
    if (!row) return;
    const before = this.notice();
    this.rows.set(task, { ...row, hasWorker });
    const notice = this.notice();
    if (this.output.isLive || notice === before) return;
    this.output.say(notice ? `${notice} The waits go on when one comes.` : 'A worker takes work again.');
  }

  private notice(): string {
    const isAlone = [...this.rows.values()].some(({ hasWorker }) => !hasWorker);
    return isAlone ? noWorker(this.temporal.waits.taskQueue, this.temporal) : '';
  }

  private draw(): void {
    if (!this.output.isLive || this.isPaused || this.stopping.signal.aborted) return;
    // Some terminals report no size.
    const columns = process.stderr.columns || 80;
    const room = Math.max(1, (process.stderr.rows || 24) - 2);
    const notice = this.notice();
    const lines = [...this.rows].map(([task, row]) => this.line(task, row, columns));
    if (notice) lines.unshift(cutTo(columns, notice));
    const hidden = lines.length - room;
    this.live((hidden > 0 ? [...lines.slice(0, room), `… and ${hidden} more`] : lines).join('\n'));
  }

  /** A line that fits, with the link only if that fits too. */
  private line({ taskId }: Task, { workflowId, state }: Row, columns: number): string {
    const text = state ? stateText(state) : `${taskId} not seen yet`;
    const link = this.temporal.link(workflowId);
    if (link === undefined || text.length + 3 + link.length >= columns) return cutTo(columns, text);
    return `${text} · ${this.output.paint('dim', link)}`;
  }
}

function headline(state: RedisTaskWaitState | undefined): string {
  return JSON.stringify(state && [state.status, state.observation?.instanceId, state.lastError?.code]);
}

function cutTo(columns: number, text: string): string {
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}
