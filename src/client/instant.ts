/** A point in time as the server sends it. */
export interface ProtoInstant {
  /** A `Long`, or a number. */
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

/** In milliseconds since the epoch; 0 when the server does not say. */
export function instantMs(instant: ProtoInstant | null | undefined): number {
  return Number(instant?.seconds ?? 0) * 1_000 + (instant?.nanos ?? 0) / 1_000_000;
}
