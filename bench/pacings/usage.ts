import type { Client } from '@temporalio/client';
import { cpuMsOf } from '../support/process-usage.js';
import { countActions } from './actions.js';

/** What has been used up to a moment. */
export interface Usage {
  readonly atMs: number;
  readonly workerCpuMs: number | null;
  readonly serverCpuMs: number | null;
  readonly actions: Readonly<Record<string, number>>;
}

/** What is watched. */
export interface Watched {
  readonly workerPid: number | undefined;
  readonly serverPid: number | undefined;
  readonly metricsUrl: string;
}

export async function readUsage({ workerPid, serverPid, metricsUrl }: Watched): Promise<Usage> {
  const actions = await countActions(metricsUrl);
  return { atMs: Date.now(), workerCpuMs: cpuMsOf(workerPid), serverCpuMs: cpuMsOf(serverPid), actions };
}

/** The CPU time between two moments; null if the system does not tell it. */
export function cpuBetween(before: Usage, after: Usage, whose: 'workerCpuMs' | 'serverCpuMs'): number | null {
  const [from, to] = [before[whose], after[whose]];
  return from === null || to === null ? null : to - from;
}

/** Actions of each kind between two moments. */
export function actionsBetween(before: Usage, after: Usage): Record<string, number> {
  const counts = Object.entries(after.actions).map(
    ([kind, count]) => [kind, count - (before.actions[kind] ?? 0)] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** What a workflow has in the server's store. */
export interface Stored {
  readonly events: number;
  readonly bytes: number;
  /** Writes of the workflow's state. */
  readonly transitions: number;
}

export async function readStored(client: Client, workflowId: string): Promise<Stored> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const { historyLength, historySizeBytes, stateTransitionCount } = raw.workflowExecutionInfo ?? {};
  return { events: Number(historyLength), bytes: Number(historySizeBytes), transitions: Number(stateTransitionCount) };
}
