/**
 * Counts requests in fixed seconds of the server's clock, as the API does: a burst across the turn of a second may hold
 * twice the limit.
 */
export class RateWindow {
  private second = -1;
  private readonly counts = new Map<string, number>();

  /** Counts one more request of `key`, refused ones too, and says how many this second has seen with it. */
  count(key: string, nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.second) {
      this.second = second;
      this.counts.clear();
    }
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }
}
