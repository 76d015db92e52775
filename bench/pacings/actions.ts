/**
 * The billable actions that the dev server has counted in its namespace, by kind: its own counter, on its metrics page.
 * Temporal Cloud bills by the same kinds.
 */
export async function countActions(metricsUrl: string): Promise<Readonly<Record<string, number>>> {
  const page = await (await fetch(metricsUrl)).text();
  const counts: Record<string, number> = {};
  for (const line of page.split('\n')) {
    const [, labels = '', count] = /^action\{(.*)\} (\S+)$/.exec(line) ?? [];
    const kind = /\baction_type="(?:command_|grpc_)?(\w+)"/.exec(labels)?.[1];
    if (kind !== undefined && labels.includes('namespace="default"'))
      counts[kind] = (counts[kind] ?? 0) + Number(count);
  }
  return counts;
}
