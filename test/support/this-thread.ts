import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

/**
 * For the options of a worker: it runs workflows in the thread of the test, since one of its own takes a second of a
 * processor to start. Workers in processes of their own, and those of `runRedisTaskWorker`, have their threads.
 */
export const IN_THIS_THREAD = { debugMode: true } as const;

// In this thread the SDK would have a stack noted with each promise that is made from then on. That is for stack trace
// queries, which no test asks, and takes four fifths of the time.
globalHandlers.install = () => undefined;

// Nor is a workflow that never yields ended: for a limit, even one of weeks, Node starts a thread with each call into a
// workflow, of which an activation makes several.
const create = ReusableVMWorkflowCreator.create.bind(ReusableVMWorkflowCreator);
Object.assign(ReusableVMWorkflowCreator, {
  create: (...[bundle, , ...rest]: Parameters<typeof create>) => create(bundle, undefined as never, ...rest),
});
