import type { Worker, WorkerStatus } from '@temporalio/worker';
import type { TemporalWorkers } from './temporal-workers.js';

/** What is known of the process; a field that is undefined is nothing to complain about. */
export interface WorkerFacts {
  /** Undefined until all Temporal workers have been created. */
  workers?: Omit<TemporalWorkers, 'connection'>;
  isStopping?: boolean;
  /** Why there is no connection yet, or why the last check of the namespace failed. */
  temporalProblem?: string | undefined;
  /** The code of the API's refusal, or of the source of credentials that does not answer. */
  refusedWith?: string | undefined;
}

/**
 * Why the process should be restarted; undefined while a restart would repair nothing. So a server that is away and
 * refused credentials do not count: every worker would be restarted for ever.
 */
export function livenessProblem({ workers }: WorkerFacts): string | undefined {
  if (!workers) return undefined;
  const failed = parts(workers).find(
    ({ status }) => status.runState === 'FAILED' || pollersOf(status).includes('FAILED'),
  );
  return failed && `The Temporal worker ${failed.purpose} has failed, and the process is about to end: see its log.`;
}

/** Why the process should get no work, which it also gets none of by itself; undefined when all workers take work. */
export function readinessProblem(facts: WorkerFacts): string | undefined {
  const { workers, isStopping, temporalProblem, refusedWith } = facts;
  if (isStopping) return 'The worker is draining: it finishes its calls, takes no new work, and ends.';
  if (!workers)
    return `The worker is not connected to Temporal yet: ${temporalProblem ?? 'the first attempt is under way'}.`;
  const idle = parts(workers).find(({ status, poller }) => status.runState !== 'RUNNING' || poller !== 'POLLING');
  if (idle) {
    const { purpose, status, poller } = idle;
    return `The Temporal worker ${purpose} takes no work: it is ${status.runState}, its poller is ${poller}.`;
  }
  if (temporalProblem !== undefined) return `Temporal cannot be used: ${temporalProblem}.`;
  if (refusedWith !== undefined) {
    return `The API accepts no call of this worker (${refusedWith}): repair its key, permission or source of credentials.`;
  }
  return undefined;
}

function parts({ waits, calls, watch }: Omit<TemporalWorkers, 'connection'>) {
  const part = (purpose: string, worker: Worker, poller: 'workflowPollerState' | 'activityPollerState') => {
    const status = worker.getStatus();
    return { purpose, status, poller: status[poller] };
  };
  return [
    part('for waits', waits, 'workflowPollerState'),
    part('for calls', calls, 'activityPollerState'),
    part('for what waits ask the server', watch, 'activityPollerState'),
  ];
}

function pollersOf({ workflowPollerState, activityPollerState }: WorkerStatus) {
  return [workflowPollerState, activityPollerState];
}
