export function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that this share of the others do not exceed; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}

/** For results, which nobody reads to more digits than this. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** The median, rounded; null if there is no figure at all, as where the system does not tell it. */
export function medianOfKnown(values: readonly (number | null)[], digits = 2): number | null {
  const known = values.filter((each) => each !== null);
  return known.length > 0 ? rounded(median(known), digits) : null;
}
