/** A metric on the page of a worker, added up over its labels; 0 while there is none. */
export async function sumOf(http: string, metric: string): Promise<number> {
  const page = await (await fetch(`http://${http}/metrics`)).text();
  const values = page.matchAll(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}
