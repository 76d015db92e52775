import { CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/**
 * Notes the tasks whose calls ended because they were cancelled. Whatever else ends one, such as the client's own timeout
 * of 10 s, makes an attempt fail otherwise.
 */
export function notingCancelled(taskIds: unknown[]): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof CancelledFailure) taskIds.push((input.args[0] as { taskId: unknown }).taskId);
          throw error;
        }
      },
    },
  });
}
