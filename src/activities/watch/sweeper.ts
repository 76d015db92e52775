import type { Client } from '@temporalio/client';
import pMap from 'p-map';
import { MINUTE, SECOND } from '../../contract/duration.js';
import type { WatchJoins } from '../../contract/watch/register.js';
import {
  afterSweep,
  afterTelling,
  blockedUntil,
  forgetClosed,
  paceAfter,
  paceAt,
  paceForJoin,
  type Register,
  register,
  type RegisteredWait,
  sweepDueAt,
  type SweepPace,
  waitingIn,
} from '../../contract/watch/sweep.js';
import {
  JOINS_QUERY,
  type SweepStatus,
  SWEPT_SIGNAL,
  WATCH_REPORT_SIGNAL,
  type WatchedWait,
} from '../../contract/watch/watch.js';
import type { WatchReport } from '../../contract/watch/watched-wait.js';
import { type OpenWaitsList, watchedOf } from '../../parents/open-waits.js';
import { unlessGone } from '../../parents/runs.js';
import { TencentApiError } from '../../tencent/errors.js';
import { pollErrorClassOf, pollErrorOf } from '../api/poll-failure.js';
import type { readTasks } from './read-tasks.js';
import { Refresh } from './refresh.js';

/** How often to ask the watch who has joined. */
const JOINS_EVERY_MS = 2 * SECOND;
/** How often to look which waits are open, while they are few. */
const OPEN_EVERY_MS = 5 * SECOND;
const ANSWER_WITHIN_MS = 10 * SECOND;
const REPORT_EVERY_MS = MINUTE;
/** How long the sweeper rests at least and at most, before it looks what is due. */
const MOMENT_MS = 100;
const MOMENTS_MS = SECOND;
const SIGNALS_AT_ONCE = 20;

/** What a {@link Sweeper} works with. */
export interface SweeperParts {
  readonly client: Client;
  /** The id of its watch. */
  readonly workflowId: string;
  readonly region: string;
  readonly openWaits: OpenWaitsList;
  readonly read: (lookedFor: Iterable<number>) => ReturnType<typeof readTasks>;
  /** Sleeps. @throws when the sweeper has to stop */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Told every few seconds when the next sweep is due; now, when none is. */
  readonly paced: (nextSweepAt: number) => void;
  /** Told of each sweep. @param tasksListed - undefined when it failed */
  readonly swept: (outcome: 'ok' | 'inconsistent' | 'failed', calls: number, tasksListed?: number) => void;
}

/** Sweeps the list of unfinished tasks of a region as long as anybody waits, and tells waits when to ask the API. */
export class Sweeper {
  private waits: Register = new Map();
  private pace: SweepPace = { lastAt: 0, step: 0 };
  private readonly joins = new Refresh(() => this.askWhoJoined());
  private readonly open = new Refresh(() => this.lookWhoIsOpen());
  /** By `performance.now()`. */
  private reportAt = 0;
  private failingSince: number | undefined;

  /** @param status - as the sweeper before it has left it */
  constructor(
    private readonly parts: SweeperParts,
    private status: SweepStatus,
  ) {
    // The joins that the watch still keeps are asked for once more: what that sweeper knew is lost.
    this.status = { ...status, joins: 0 };
  }

  /** @returns when nobody waits any more */
  async run(): Promise<SweepStatus> {
    for (;;) {
      // Beside the sweeps: on a busy server or worker these answers may take long.
      this.joins.refresh();
      this.open.refresh();
      const now = Date.now();
      this.pace = paceAt(this.pace, now);
      if (this.isBlocked(now)) await this.tell(waitingIn(this.waits, now));
      const dueAt = this.isBlocked(now) ? null : sweepDueAt(this.waits, this.pace, now);
      this.parts.paced(dueAt ?? now);
      if (dueAt !== null && dueAt <= now) await this.sweep();
      this.become({ waits: waitingIn(this.waits, Date.now()).length });
      if (this.status.sweeps > 0 || this.status.lastError) await this.report();
      if (this.isIdle(now)) return this.status;
      await this.parts.sleep(Math.min(Math.max(MOMENT_MS, (dueAt ?? Infinity) - Date.now()), MOMENTS_MS));
    }
  }

  /** How the sweeper stands, for the one after it. */
  get standing(): SweepStatus {
    return this.status;
  }

  private isBlocked(now: number): boolean {
    return this.status.blockedUntil !== null && now < this.status.blockedUntil;
  }

  /** Nobody waits, as both of those say who know, and said so after the last sweep. */
  private isIdle(now: number): boolean {
    const hasNobody = this.isBlocked(now) ? this.status.waits === 0 : this.waits.size === 0;
    return hasNobody && [this.joins, this.open].every(({ answeredAt }) => answeredAt > this.pace.lastAt);
  }

  private async askWhoJoined(): Promise<number> {
    const { client, workflowId } = this.parts;
    const watch = client.workflow.getHandle(workflowId);
    const { waits, joins } = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      watch.query<WatchJoins, [number]>(JOINS_QUERY, this.status.joins),
    );
    this.register(waits);
    this.become({ joins });
    return JOINS_EVERY_MS;
  }

  private async lookWhoIsOpen(): Promise<number> {
    const { openWaits, region } = this.parts;
    // At first a fresh one: nobody else knows who joined since the one before.
    const open = await openWaits.list(this.open.answeredAt && openWaits.servesMs(OPEN_EVERY_MS));
    this.register(watchedOf(open).filter((wait) => wait.region === region));
    const openIds = new Set(open.waits.map(({ run }) => run.workflowId));
    this.waits = forgetClosed(this.waits, openIds, open.listedAt);
    const servesMs = openWaits.servesMs(OPEN_EVERY_MS);
    return Math.min(servesMs, open.listedAt + servesMs - Date.now());
  }

  private register(joining: readonly WatchedWait[]): void {
    if (joining.length === 0) return;
    const now = Date.now();
    const before = waitingIn(this.waits, now).length;
    this.waits = register(this.waits, joining, now);
    if (waitingIn(this.waits, now).length > before) this.pace = paceForJoin(this.pace);
  }

  private async sweep(): Promise<void> {
    const beganAt = Date.now();
    try {
      const lookedFor = waitingIn(this.waits, beganAt).map(({ taskId }) => taskId);
      const list = await this.parts.read(lookedFor);
      const now = Date.now();
      const { waits, toTell } = afterSweep(this.waits, list, beganAt, now);
      this.waits = waits;
      this.pace = paceAfter(beganAt, this.pace, toTell.length > 0);
      this.failingSince = undefined;
      this.become({
        sweeps: this.status.sweeps + 1,
        lastSweepAt: now,
        tasksListed: list.totalCount,
        lastError: null,
        blockedUntil: null,
      });
      this.parts.swept(list.isConsistent ? 'ok' : 'inconsistent', list.calls, list.totalCount);
      await this.tell(toTell);
    } catch (error) {
      if (!(error instanceof TencentApiError)) throw error;
      this.failed(error);
    }
  }

  private failed(error: TencentApiError): void {
    const now = Date.now();
    this.pace = paceAfter(now, this.pace, false);
    this.parts.swept('failed', 1);
    this.failingSince ??= now;
    const blocked = blockedUntil(pollErrorClassOf(error), this.failingSince, now);
    if (!this.status.lastError || blocked !== null) this.reportAt = 0;
    this.become({ lastError: pollErrorOf(error), blockedUntil: blocked });
  }

  /** Tells waits to ask the API, or to pace themselves while the tasks cannot be listed. */
  private async tell(waits: readonly RegisteredWait[]): Promise<void> {
    const { client } = this.parts;
    const { blockedUntil, lastError } = this.status;
    const unable = blockedUntil !== null && lastError ? { error: lastError, until: blockedUntil } : undefined;
    const told: RegisteredWait[] = [];
    const tellOne = async (wait: RegisteredWait) => {
      const report: WatchReport = { sentAt: Date.now(), seenAt: wait.seenAt, ...(unable && { unable }) };
      // Whichever run of it is open: a wait that continues as new, or was reset, is still watched.
      const signal = client.workflow.getHandle(wait.workflowId).signal(WATCH_REPORT_SIGNAL, report);
      await unlessGone(signal).then(
        () => told.push(wait),
        () => undefined,
      );
    };
    await pMap(waits, tellOne, { concurrency: SIGNALS_AT_ONCE });
    this.waits = afterTelling(this.waits, told, Date.now());
  }

  private become(change: Partial<SweepStatus>): void {
    this.status = { ...this.status, ...change };
  }

  /** The watch writes an event for each report, so it hears of news, and of sweeps once a minute. */
  private async report(): Promise<void> {
    const now = performance.now();
    if (now < this.reportAt) return;
    const { client, workflowId } = this.parts;
    this.reportAt = now + REPORT_EVERY_MS;
    await client.workflow
      .getHandle(workflowId)
      .signal(SWEPT_SIGNAL, this.status)
      .catch(() => undefined);
  }
}
