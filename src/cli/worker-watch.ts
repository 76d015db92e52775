import { probeWaits, type Verdict } from './probe.js';
import type { Temporal } from './temporal.js';
import { missingWorker, nobodyTakes } from './workers-present.js';

/** How often the server's list of workers is looked at. */
const LIST_AGAIN_MS = 10_000;

/** How often a queue is probed whose workers are slow to answer. */
const PROBE_AGAIN_MS = 120_000;

/** Knows whether there are workers for the waits, while these are watched. */
export class WorkerWatch {
  private listed: string | undefined;
  private listAt = 0;
  private verdict: Verdict | undefined;
  private probeAt = 0;

  constructor(
    private readonly temporal: Temporal,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * What to say when there is no worker.
   *
   * @param isSilent - a wait was asked something, and no worker has answered for it
   */
  async missing(isSilent: boolean): Promise<string | undefined> {
    const now = performance.now();
    if (!isSilent) {
      this.verdict = undefined;
      this.probeAt = 0;
    } else if (this.verdict !== 'untaken' && now >= this.probeAt) {
      this.verdict = await probeWaits(this.temporal, this.signal);
      this.probeAt = now + PROBE_AGAIN_MS;
    }
    if (this.verdict === 'untaken') return nobodyTakes(this.temporal.waits.taskQueue, this.temporal);
    if (now >= this.listAt) {
      this.listed = await missingWorker(this.temporal);
      this.listAt = now + LIST_AGAIN_MS;
    }
    return this.listed;
  }
}
