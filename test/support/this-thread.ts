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

// Nor does anything end a workflow that never yields: with a limit, even one of weeks, Node starts a thread for each call
// into a workflow, of which an activation makes several. Jest's own limit would not be reached, as without any.
const create = ReusableVMWorkflowCreator.create.bind(ReusableVMWorkflowCreator);
ReusableVMWorkflowCreator.create = ((bundle, _limitMs, ...rest) =>
  create(bundle, undefined as unknown as number, ...rest)) as typeof create;
