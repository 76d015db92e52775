import { once } from 'node:events';

/** Awaits work that cannot be aborted. @throws the signal's reason when it aborts first */
export async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const result = work();
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => {
    throw signal.reason;
  });
  return Promise.race([result, aborted]).finally(() => done.abort());
}
