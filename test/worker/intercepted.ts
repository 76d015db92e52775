import type { WorkflowInterceptors } from '@temporalio/workflow';

/** An interceptor of an application: shows in the result that it was there. */
export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      { execute: async (input, next) => ({ ...((await next(input)) as object), taskType: 'seen by an interceptor' }) },
    ],
  };
}
