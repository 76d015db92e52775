import { workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import { AWAIT_REDIS_TASK } from '../contract/ids.js';

/** What the SDK's entry point of a bundle hands to itself: nothing that is documented, so nothing that is relied upon. */
interface Bundle {
  readonly __TEMPORAL__?: { readonly importWorkflows?: () => Readonly<Record<string, unknown>> };
}

/**
 * Called before the workflow of a run is looked up. A wait whose workflow is missing would fail with "no such function
 * is exported", from which nobody learns that it was for their own file to export it. The workflow task fails either
 * way, and is tried again until a worker with the line takes it: no wait is lost by such a mistake.
 */
export function interceptors(): WorkflowInterceptors {
  const workflows = (globalThis as Bundle).__TEMPORAL__?.importWorkflows?.();
  if (workflowInfo().workflowType === AWAIT_REDIS_TASK && workflows && !isServed(workflows)) {
    throw new TypeError(
      `This worker's workflows do not include ${AWAIT_REDIS_TASK}. Add this line to the file that workflowsPath names: export { ${AWAIT_REDIS_TASK} } from 'temporal-tencent-redis/workflows';`,
    );
  }
  return {};
}

/** A default export takes workflows of any name. */
function isServed(workflows: Readonly<Record<string, unknown>>): boolean {
  return [AWAIT_REDIS_TASK, 'default'].some((name) => typeof workflows[name] === 'function');
}
