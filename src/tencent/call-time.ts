import { DEFAULT_TIMEOUT_MS, type RedisApiCall } from './redis-api.js';

/** How long a call may take, and what aborts it. */
export type CallTime = Pick<RedisApiCall, 'signal' | 'timeoutMs'>;

/** For calls that are made one after another within the time of one: what is left of it for the next. */
export function timeOfOne({ signal, timeoutMs = DEFAULT_TIMEOUT_MS }: CallTime): () => CallTime {
  const endsAt = performance.now() + timeoutMs;
  return () => ({ signal, timeoutMs: Math.max(1, endsAt - performance.now()) });
}
