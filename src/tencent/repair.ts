import { TencentApiError, type TencentErrorClass } from './errors.js';

/** What only this process can repair between two sends of a call. */
export interface Repairs {
  /** The server's clock is ahead of ours by so much. */
  readonly setClock: (skewMs: number) => void;
  /** The credentials are freshly loaded for the first send already. @default false */
  readonly refreshed?: boolean;
}

/**
 * Sends a call, and again after what can be repaired: once with freshly loaded credentials when they were refused, and
 * once with the server's time when ours was. Each independently of the other: a machine that was resumed may have both a
 * clock and a token of yesterday.
 *
 * @param send - `refresh`: with freshly loaded credentials
 */
export async function sendWithRepairs<T>(
  send: (refresh: boolean) => Promise<T>,
  { setClock, refreshed = false }: Repairs,
): Promise<T> {
  const repaired = new Set<TencentErrorClass>(refreshed ? ['unauthorized'] : []);
  for (let refresh = refreshed; ;) {
    try {
      return await send(refresh);
    } catch (error) {
      if (!isRepairable(error) || repaired.has(error.errorClass)) throw error;
      repaired.add(error.errorClass);
      refresh = error.errorClass === 'unauthorized';
      if (error.errorClass === 'clock') setClock(error.clockSkewMs ?? 0);
    }
  }
}

function isRepairable(error: unknown): error is TencentApiError {
  return error instanceof TencentApiError && (error.errorClass === 'unauthorized' || error.errorClass === 'clock');
}
