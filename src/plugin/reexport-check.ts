import { workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import { AWAIT_REDIS_INSTANCE, AWAIT_REDIS_TASK, RUN_REDIS_ACTION } from '../contract/ids.js';
import { WATCH_REDIS_TASKS } from '../contract/watch/watch.js';

const USUAL: readonly string[] = [AWAIT_REDIS_TASK, WATCH_REDIS_TASKS];
const OURS = [...USUAL, AWAIT_REDIS_INSTANCE, RUN_REDIS_ACTION];

/** An internal of the SDK's bundles. Without it, nothing is checked. */
interface Bundle {
  readonly __TEMPORAL__?: { readonly importWorkflows?: () => Readonly<Record<string, unknown>> };
}

/**
 * Called before the SDK looks up a workflow. Replaces its error "no such function is exported" by one that shows the
 * missing line. Either way the workflow task is retried until a worker has the line, so no wait is lost.
 */
export function interceptors(): WorkflowInterceptors {
  const workflows = (globalThis as Bundle).__TEMPORAL__?.importWorkflows?.();
  const { workflowType } = workflowInfo();
  // A default export serves workflows of any name.
  const isServed = (name: string) => typeof workflows?.[name] === 'function';
  if (workflows && OURS.includes(workflowType) && ![workflowType, 'default'].some(isServed)) {
    const line = [...new Set([...USUAL, workflowType])].join(', ');
    throw new TypeError(
      `This worker's workflows do not include ${workflowType}. Add this line to the file that workflowsPath names: export { ${line} } from 'temporal-tencent-redis/workflows';`,
    );
  }
  return {};
}
