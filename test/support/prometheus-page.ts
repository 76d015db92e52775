/** A metric as a page in Prometheus's text format shows it. */
export interface Family {
  readonly type: string;
  readonly labels: ReadonlySet<string>;
  readonly lines: readonly string[];
}

/** Reads a page by the name of each metric: a histogram's three series are one. */
export function families(page: string): Map<string, Family> {
  const found = new Map<string, { type: string; labels: Set<string>; lines: string[] }>();
  let current: { type: string; labels: Set<string>; lines: string[] } | undefined;
  for (const line of page.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) {
      current = { type, labels: new Set(), lines: [] };
      found.set(name, current);
    } else if (current && line !== '' && !line.startsWith('#')) {
      current.lines.push(line);
      for (const [, label = ''] of line.matchAll(/[{,](\w+)="/g)) current.labels.add(label);
    }
  }
  return found;
}
