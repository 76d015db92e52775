import { createLogUpdate } from 'log-update';
import type { ProgressOptions } from '../client/progress.js';
import { isUnreadable } from '../client/readable.js';
import type { Host } from './host.js';
import type { Temporal } from './temporal.js';
import { type Output, pressedKey } from './terminal.js';
import { describeNoWorker } from './workers.js';

const REDRAW_MS = 250;

/** A wait or a change, and what is known of it. */
export interface Shown<S> {
  readonly workflowId: string;
  state?: S;
  isAlone?: boolean;
  isUnreadable?: boolean;
}

/** How waits, or changes, are followed and shown. */
export interface Showing<T extends Shown<S>, S> {
  follow(shown: T, options: ProgressOptions): AsyncIterable<S>;
  name(shown: T): string;
  /** What is shown of it on one line. */
  text(shown: T): string;
  /** What is news in a pipe. */
  headline(state: S): unknown;
}

/** Shows running waits: a live line each in a terminal, otherwise a line for each change on stderr. */
export class LiveView<T extends Shown<S>, S> {
  private readonly live: ReturnType<typeof createLogUpdate> | undefined;
  private readonly redrawing = setInterval(() => this.draw(), REDRAW_MS);
  private readonly stopping = new AbortController();
  private isPaused = false;

  /** @param open - the waits that have not ended */
  constructor(
    readonly temporal: Temporal,
    readonly output: Output,
    readonly open: Set<T>,
    private readonly host: Host,
    private readonly showing: Showing<T, S>,
  ) {
    this.live = output.isLive ? createLogUpdate(host.stderr) : undefined;
  }

  async follow(wait: T): Promise<void> {
    const onWorkerChange = (hasWorker: boolean) => this.changeWorker(wait, hasWorker);
    const options = { signal: this.stopping.signal, onWorkerChange };
    try {
      for await (const state of this.showing.follow(wait, options)) this.changeState(wait, state);
    } catch (error) {
      // The result reports any other.
      if (!isUnreadable(error)) return;
      wait.isUnreadable = true;
      if (!this.live && this.open.has(wait)) this.output.say(this.textOf(wait));
    }
  }

  /** Removes a wait; what `write` prints stays above the live lines. After {@link stop} nothing is shown. */
  end(wait: T, write: () => void): void {
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

  private changeState(wait: T, state: S): void {
    const isNews = this.headlineOf(state) !== this.headlineOf(wait.state);
    wait.state = state;
    // In a pipe one more poll is no news.
    if (!this.live && isNews && this.open.has(wait)) this.output.say(this.textOf(wait));
  }

  private changeWorker(wait: T, hasWorker: boolean): void {
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
  private line(wait: T, columns: number): string {
    const text = this.textOf(wait);
    const link = this.temporal.link(wait.workflowId);
    if (link === undefined || text.length + 3 + link.length >= columns) return cutTo(columns, text);
    return `${text} · ${this.output.paint('dim', link)}`;
  }

  private textOf(wait: T): string {
    const { showing } = this;
    return wait.isUnreadable
      ? `${showing.name(wait)}: its state is encrypted and cannot be read here`
      : showing.text(wait);
  }

  private headlineOf(state: S | undefined): string {
    return JSON.stringify(state && this.showing.headline(state));
  }
}

function cutTo(columns: number, text: string): string {
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}
