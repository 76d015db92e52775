import { type ReplayResult, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import './this-thread.js';

type Histories = Parameters<typeof Worker.runReplayHistories>[1];

/** Runs workflow code once more over histories, and gives back how each replay went. */
export async function replay(options: ReplayWorkerOptions, histories: Histories): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories(options, histories)) results.push(result);
  return results;
}
