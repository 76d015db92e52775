import { createLogUpdate } from 'log-update';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import type { Task } from './flags.js';
import type { Host } from './host.js';
import { stateText } from './outcome.js';
import type { Temporal } from './temporal.js';
import { type Output, pressedKey } from './terminal.js';
import { describeNoWorker } from './workers.js';

const REDRAW_MS = 250;

/** A task, the wait for it, and what is known of that. */
export interface ShownWait extends Task {
  readonly workflowId: string;
  state?: RedisTaskWaitState;
  isAlone?: boolean;
}

/** Shows running waits: a live line each in a terminal, otherwise a line for each change on stderr. */
export class LiveView {
  private readonly live: ReturnType<typeof createLogUpdate> | undefined;
  private readonly redrawing = setInterval(() => this.draw(), REDRAW_MS);
  private readonly stopping = new AbortController();
  private isPaused = false;

  /** @param open - the waits that have not ended */
  constructor(
    readonly temporal: Temporal,
    readonly output: Output,
    readonly open: Set<ShownWait>,
    private readonly host: Host,
  ) {
    this.live = output.isLive ? createLogUpdate(host.stderr) : undefined;
  }

  async follow(wait: ShownWait): Promise<void> {
    const onWorkerChange = (hasWorker: boolean) => this.changeWorker(wait, hasWorker);
    const options = { signal: this.stopping.signal, onWorkerChange };
    try {
      for await (const state of this.temporal.waits.progress(wait, options)) this.changeState(wait, state);
    } catch {
      // Ignore errors here; the result reports them.
    }
  }

  /** Removes a wait; what `write` prints stays above the live lines. After {@link stop} nothing is shown. */
  end(wait: ShownWait, write: () => void): void {
    if (this.open.delete(wait)) this.above(write);
  }

  /** Prints a line that stays above the live lines. */
  say(line: string): void {
    this.above(() => this.output.say(line));
  }

  /** Somebody sits at a terminal. */
  get canAsk(): boolean {
    return this.output.isLive && this.host.stdin.isTTY === true;
  }

  async ask(question: string): Promise<string | undefined> {
    const { stdin, stderr } = this.host;
    this.isPaused = true;
    this.live?.clear();
    stderr.write(question);
    const key = await pressedKey(stdin);
    stderr.write('\n');
    this.isPaused = false;
    return key;
  }

  stop(): void {
    this.open.clear();
    this.stopping.abort();
    clearInterval(this.redrawing);
    this.live?.clear();
    this.live?.done();
  }

  private above(write: () => void): void {
    this.live?.clear();
    write();
    this.draw();
  }

  private changeState(wait: ShownWait, state: RedisTaskWaitState): void {
    const isNews = headlineOf(state) !== headlineOf(wait.state);
    wait.state = state;
    // In a pipe one more poll is no news.
    if (!this.live && isNews && this.open.has(wait)) this.output.say(stateText(state));
  }

  private changeWorker(wait: ShownWait, hasWorker: boolean): void {
    const before = this.notice();
    wait.isAlone = !hasWorker;
    const notice = this.notice();
    if (this.live || notice === before) return;
    this.output.say(notice ? `${notice} The waits go on when one comes.` : 'A worker takes work again.');
  }

  private notice(): string | undefined {
    const { temporal } = this;
    return [...this.open].some(({ isAlone }) => isAlone)
      ? describeNoWorker(temporal.waits.taskQueue, temporal)
      : undefined;
  }

  private draw(): void {
    if (this.isPaused || this.stopping.signal.aborted) return;
    const { stderr } = this.host;
    const columns = stderr.columns || 80;
    const room = Math.max(1, (stderr.rows || 24) - 2);
    const notice = this.notice();
    const lines = [...this.open].map((wait) => this.line(wait, columns));
    if (notice) lines.unshift(cutTo(columns, notice));
    const hidden = lines.length - room;
    this.live?.((hidden > 0 ? [...lines.slice(0, room), `… and ${hidden} more`] : lines).join('\n'));
  }

  /** A line that fits, with the link only if that fits too. */
  private line({ taskId, workflowId, state }: ShownWait, columns: number): string {
    const text = state ? stateText(state) : `${taskId} not seen yet`;
    const link = this.temporal.link(workflowId);
    if (link === undefined || text.length + 3 + link.length >= columns) return cutTo(columns, text);
    return `${text} · ${this.output.paint('dim', link)}`;
  }
}

function headlineOf(state: RedisTaskWaitState | undefined): string {
  return JSON.stringify(state && [state.status, state.observation?.instanceId, state.lastError?.code]);
}

function cutTo(columns: number, text: string): string {
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}
