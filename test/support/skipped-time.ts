import { setTimeout } from 'node:timers/promises';
import type { WorkflowClient } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eventNames } from './histories.js';

const WAKE_EVERY_MS = 20;

/**
 * The pace of a wait that ends at its deadline after some minutes: no poll is under way then. The server does not always get
 * through what comes at one moment of its time.
 */
export const APART_FROM_DEADLINE = { initialInterval: '25s', backoffCoefficient: 1, jitter: 0 } as const;

/**
 * The server's clock does not wake up when a workflow task that started no timer ends (`updateLocks` of its
 * `SelfAdvancingTimerImpl`): if nothing else wakes it, hours pass in real time. An unlock does.
 */
export function keepSkipping(env: TestWorkflowEnvironment): void {
  const { testService } = env.connection;
  const stop = new AbortController();
  const wake = async () => {
    while (!stop.signal.aborted) {
      await setTimeout(WAKE_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      await testService?.lockTimeSkipping({});
      await testService?.unlockTimeSkipping({});
    }
  };
  const waking = wake();
  const teardown = env.teardown.bind(env);
  env.teardown = async () => {
    stop.abort();
    await waking;
    await teardown();
  };
}

/** Rejects what takes too long with how it stands: jest would only say that the test took too long. */
export function tellWhatHangs(workflows: WorkflowClient, patienceMs: number): void {
  const result = workflows.result.bind(workflows) as (...call: Parameters<WorkflowClient['result']>) => Promise<never>;
  workflows.result = async (workflowId, runId, options) => {
    const over = new AbortController();
    const hung = async (): Promise<never> => {
      await setTimeout(patienceMs, undefined, { signal: over.signal, ref: false });
      throw new Error(
        `${workflowId} has no result after ${patienceMs / 1_000} s: ${await standing(workflows, workflowId)}`,
      );
    };
    const ended = result(workflowId, runId, options).finally(() => over.abort());
    return Promise.race([ended, hung()]);
  };
}

async function standing(workflows: WorkflowClient, workflowId: string): Promise<string> {
  const handle = workflows.getHandle(workflowId);
  const [{ raw }, history] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const { pendingActivities, pendingWorkflowTask } = raw;
  const events = eventNames(history);
  return JSON.stringify({ pendingActivities, pendingWorkflowTask, events: events.length, last: events.slice(-12) });
}
