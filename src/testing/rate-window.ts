/** Counts requests in fixed seconds of the server's clock, like the API: a burst across two may hold twice the limit. */
export class RateWindow {
  private second = -1;
  private readonly counts = new Map<string, number>();

  /** Counts a request of `key`, refused ones too, and returns how many this second has seen. */
  count(key: string, nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.second) this.counts.clear();
    this.second = second;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }
}
