import { type ReplayResult, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

type Histories = Parameters<typeof Worker.runReplayHistories>[1];

// The SDK replays in this thread, and would have a stack noted with each promise that is made here from then on. That is
// for stack trace queries, which no test asks of a replay, and takes four fifths of the time.
globalHandlers.install = () => undefined;

/** Runs workflow code once more over histories, and gives back how each replay went. */
export async function replay(options: ReplayWorkerOptions, histories: Histories): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories(options, histories)) results.push(result);
  return results;
}
