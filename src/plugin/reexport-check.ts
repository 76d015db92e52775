import { workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import { AWAIT_REDIS_TASK } from '../contract/ids.js';

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
  // A default export serves workflows of any name.
  const isServed = (name: string) => typeof workflows?.[name] === 'function';
  if (workflows && workflowInfo().workflowType === AWAIT_REDIS_TASK && ![AWAIT_REDIS_TASK, 'default'].some(isServed)) {
    throw new TypeError(
      `This worker's workflows do not include ${AWAIT_REDIS_TASK}. Add this line to the file that workflowsPath names: export { ${AWAIT_REDIS_TASK} } from 'temporal-tencent-redis/workflows';`,
    );
  }
  return {};
}
