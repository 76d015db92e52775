/** One call as the simulator saw it. It holds no secret: no header, signature or parameter but the task id. */
export interface SimulatorCall {
  /** When it had arrived, Unix time in milliseconds by the simulator's `now`. */
  readonly at: number;
  readonly action: string | undefined;
  /** The task asked for, or the one that the call created. */
  readonly taskId: string | undefined;
  readonly region: string | undefined;
  readonly secretId: string | undefined;
  /** `'pending'`, then `'ok'`, the error's code, or `'fault:<kind>'` when a fault took or spoiled the answer. */
  readonly outcome: string;
  /** Undefined when the answer carried none. */
  readonly requestId: string | undefined;
  /** The status that an answered `DescribeTaskInfo` told, true or not. */
  readonly status: string | undefined;
  /** The client closed the connection before it had the answer. */
  readonly aborted: boolean;
  /** Counts connections from 1, so that reuse can be told. */
  readonly connectionId: number;
}

/** Totals since the start, also over calls that `calls` no longer holds. */
export interface SimulatorStats {
  readonly calls: number;
  /** How many calls ended with each outcome; those under way are not among them. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Answers with `RequestLimitExceeded` or one of its sub-codes. */
  readonly throttled: number;
  readonly aborted: number;
  /** The most calls of one action that one second of the server's clock has seen. */
  readonly maxPerSecond: number;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Ending = Pick<SimulatorCall, 'outcome'> &
  Partial<Pick<SimulatorCall, 'requestId' | 'status' | 'aborted' | 'taskId'>>;

/** Keeps the last calls and counts all of them. */
export class CallLog {
  readonly calls: Writable<SimulatorCall>[] = [];
  private readonly outcomes = new Map<string, number>();
  private readonly watchers = new Set<(call: SimulatorCall) => void>();
  private total = 0;
  private throttled = 0;
  private aborted = 0;
  private maxPerSecond = 0;

  constructor(private readonly keep: number) {}

  /** Notes an arrival. `countInSecond` is how many calls of its action the current second has seen with it. */
  begin(
    call: Omit<SimulatorCall, 'outcome' | 'requestId' | 'status' | 'aborted'>,
    countInSecond: number,
  ): SimulatorCall {
    const entry = { ...call, outcome: 'pending', requestId: undefined, status: undefined, aborted: false };
    this.total += 1;
    this.maxPerSecond = Math.max(this.maxPerSecond, countInSecond);
    this.calls.push(entry);
    if (this.calls.length > this.keep) this.calls.shift();
    this.tell(entry);
    return entry;
  }

  /** Notes the end of a call that `begin` returned. */
  end(call: SimulatorCall, ending: Ending): void {
    Object.assign(call, ending);
    this.outcomes.set(call.outcome, (this.outcomes.get(call.outcome) ?? 0) + 1);
    if (call.outcome.startsWith('RequestLimitExceeded')) this.throttled += 1;
    if (call.aborted) this.aborted += 1;
    this.tell(call);
  }

  stats(): SimulatorStats {
    const { total: calls, throttled, aborted, maxPerSecond } = this;
    return { calls, outcomes: Object.fromEntries(this.outcomes), throttled, aborted, maxPerSecond };
  }

  /** Resolves with the first call, past or future, for which `matches` holds; looked at on arrival and at the end. */
  waitFor(matches: (call: SimulatorCall) => boolean): Promise<SimulatorCall> {
    const known = this.calls.find(matches);
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => {
      const unwatch = this.watch((call) => {
        if (!matches(call)) return;
        unwatch();
        resolve(call);
      });
    });
  }

  /** Tells of every arrival and every end; the returned function stops it. */
  watch(watcher: (call: SimulatorCall) => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private tell(call: SimulatorCall): void {
    for (const watcher of this.watchers) watcher(call);
  }
}
