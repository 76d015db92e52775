/** A limit in time over all the steps of one piece of work, which its owner may also abort. */
export interface TimeLimit {
  /** Aborts at the limit, or when the owner aborts. */
  readonly signal: AbortSignal;
  /** Milliseconds up to the limit, at least 1. */
  leftMs(): number;
  /** Awaits work that cannot be aborted. @throws the signal's reason when that comes first */
  race<T>(work: Promise<T>): Promise<T>;
}

/** Starts a limit. `owner` is the signal of whoever may abort the work before it. */
export function startTimeLimit(limitMs: number, owner?: AbortSignal): TimeLimit {
  const endsAt = performance.now() + limitMs;
  const timeout = AbortSignal.timeout(limitMs);
  const signal = owner ? AbortSignal.any([owner, timeout]) : timeout;
  return {
    signal,
    leftMs: () => Math.max(1, endsAt - performance.now()),
    async race(work) {
      signal.throwIfAborted();
      let abort: (() => void) | undefined;
      const aborted = new Promise<never>((_, reject) => {
        abort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', abort, { once: true });
      });
      try {
        return await Promise.race([work, aborted]);
      } finally {
        if (abort) signal.removeEventListener('abort', abort);
      }
    },
  };
}
