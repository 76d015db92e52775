import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { chainOf, type WaitChain } from './wait-chain.js';

const LOOK_AGAIN_MS = 50;
const LOOK_AGAIN_AT_LATEST_MS = 400;

/**
 * Looks at a wait until it has ended; undefined when it has not within this time. To ask for its result is for long
 * waits: a server that has little time for its answer says at once that there is none yet, and is asked again.
 */
export async function untilEnded(
  client: Client,
  wait: WaitChain,
  withinMs: number,
  signal?: AbortSignal,
): Promise<WorkflowExecutionDescription | undefined> {
  const giveUpAt = performance.now() + withinMs;
  for (let pauseMs = LOOK_AGAIN_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_AGAIN_AT_LATEST_MS)) {
    const newest = await client.workflow.getHandle(wait.workflowId).describe();
    if (chainOf(newest).firstRunId !== wait.firstRunId) {
      // Another wait has been started under its id.
      return client.workflow.getHandle(wait.workflowId, wait.runId).describe();
    }
    if (newest.closeTime !== undefined) return newest;
    const leftMs = giveUpAt - performance.now();
    if (leftMs <= 0 || signal?.aborted) return undefined;
    await setTimeout(Math.min(pauseMs, leftMs));
  }
}
