import type { ApiFields } from './reply.js';

/** One call as the simulator saw it. It holds no secret: no header, signature or parameter but the task id. */
export interface SimulatorCall {
  /** When it arrived, Unix time in milliseconds by the simulator's `now`. */
  readonly at: number;
  readonly action: string | undefined;
  /** The task asked for, or the one that the call created. */
  readonly taskId: string | undefined;
  readonly region: string | undefined;
  readonly secretId: string | undefined;
  /** `'pending'`, then `'ok'`, the error's code, or `'fault:<kind>'` if a fault took or spoiled the answer. */
  readonly outcome: string;
  /** Undefined if the answer carried none. */
  readonly requestId: string | undefined;
  /** The status that an answered `DescribeTaskInfo` showed, true or not. */
  readonly status: string | undefined;
  /** The client closed the connection before it had the answer. */
  readonly aborted: boolean;
  /** Counts connections from 1, so that reuse can be told. */
  readonly connectionId: number;
}

/** Totals since the start, also over calls that `calls` no longer holds. */
export interface SimulatorStats {
  readonly calls: number;
  /** How many calls ended with each outcome, without those under way. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Answers with `RequestLimitExceeded` or one of its sub-codes. */
  readonly throttled: number;
  readonly aborted: number;
  /** The most calls of one action in one second of the server's clock. */
  readonly maxPerSecond: number;
}

/** Keeps the last calls and counts all of them. */
export class CallLog {
  readonly calls: SimulatorCall[] = [];
  /** Told of the arrival and of the end of every call. */
  readonly watchers = new Set<(call: SimulatorCall) => void>();
  private readonly outcomes = new Map<string, number>();
  private readonly totals = { calls: 0, throttled: 0, aborted: 0, maxPerSecond: 0 };

  constructor(private readonly keep: number) {}

  /** Notes an arrival. `countInSecond` is how many calls of its action the current second has seen. */
  begin(
    call: Omit<SimulatorCall, 'outcome' | 'requestId' | 'status' | 'aborted'>,
    countInSecond: number,
  ): SimulatorCall {
    const entry = { ...call, outcome: 'pending', requestId: undefined, status: undefined, aborted: false };
    this.totals.calls += 1;
    this.totals.maxPerSecond = Math.max(this.totals.maxPerSecond, countInSecond);
    this.calls.push(entry);
    if (this.calls.length > this.keep) this.calls.shift();
    this.tell(entry);
    return entry;
  }

  /** Notes the end of a call that `begin` returned, with the API's response if there is one. */
  end(call: SimulatorCall, outcome: string, response: ApiFields = {}, aborted = false): void {
    const { RequestId: requestId, Status: status, TaskId: taskId = call.taskId } = response;
    Object.assign(call, { outcome, aborted, requestId, status, taskId: taskId?.toString() });
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    if (outcome.startsWith('RequestLimitExceeded')) this.totals.throttled += 1;
    if (aborted) this.totals.aborted += 1;
    this.tell(call);
  }

  stats(): SimulatorStats {
    return { ...this.totals, outcomes: Object.fromEntries(this.outcomes) };
  }

  private tell(call: SimulatorCall): void {
    for (const watch of this.watchers) watch(call);
  }
}
