/** A time as the API writes it. Its zone is not documented; Beijing's is likely. */
export function inBeijing(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
