/** A wait that keeps its worker busy: about a tenth of a second of computing, and then it is over. */
export async function awaitRedisTask({ taskId, region }: { taskId: number; region: string }): Promise<unknown> {
  let sum = 0;
  for (let step = 0; step < 1e8; step += 1) sum += step;
  await Promise.resolve();
  return { taskId, region, status: 'succeed', sum };
}
