import { type ReplayResult, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

type Histories = Parameters<typeof Worker.runReplayHistories>[1];

/**
 * Runs workflow code once more over histories, and gives back how each replay went. The SDK does it in this thread and
 * leaves a hook behind that is called for each promise ever after, which makes the test files that follow in this
 * process up to five times as slow (measured). It serves stack trace queries, which no test asks of a replay.
 */
export async function replay(options: ReplayWorkerOptions, histories: Histories): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  try {
    for await (const result of Worker.runReplayHistories(options, histories)) results.push(result);
  } finally {
    globalHandlers.uninstall();
  }
  return results;
}
