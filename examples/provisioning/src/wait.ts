import { setCurrentDetails } from '@temporalio/workflow';
import { type AwaitRedisTaskInput, decodeRedisTaskFailure } from 'temporal-tencent-redis';
import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';
import { type Person, tell } from './person.js';

/**
 * Waits until a task has succeeded, however long that takes.
 *
 * @param doing - what the task does, such as `Resizing crs-1`
 * @throws when the task has failed, or a person decides against it: roll back what was done
 */
export async function waitForTask(task: AwaitRedisTaskInput, doing: string, person: Person): Promise<void> {
  let wait = task;
  for (;;) {
    setCurrentDetails(`${doing}: waiting for task ${task.taskId}`);
    try {
      await executeAwaitRedisTask(wait);
      return;
    } catch (error) {
      const failure = decodeRedisTaskFailure(error);
      const problem = `${doing}: ${failure?.message ?? ''}`;
      switch (failure?.type) {
        case 'RedisTaskTimedOut':
          // It is late, not lost: as long as the task runs it holds the instance, and a rollback could not even begin.
          // So a person is told, each time again, and the pipeline waits on.
          await tell(`${problem} The pipeline waits on.`);
          wait = failure.details.resumeInput;
          break;
        case 'RedisTaskErrored':
          // The change may be half done, and nobody has tried what a resize or a backup of such an instance does. A person
          // looks first. The pipeline stays open meanwhile: it knows how to go on, and how to roll back.
          await person.mayGoOn(problem, error);
          return;
        case 'RedisTaskUnauthorized':
        case 'RedisTaskRejected':
          // The API refuses to show the task, which goes on. Once the key or the permission is good again, wait on.
          await person.mayGoOn(problem, error);
          wait = failure.details.resumeInput;
          break;
        case 'RedisTaskFailed':
        // The API says why, and nothing is half done.
        case 'RedisTaskInvalidInput':
          // The pipeline's own mistake, such as a maxWait of a year.
          throw error;
        default:
          // Somebody has cancelled or terminated the wait alone. Its task goes on.
          await person.mayGoOn(`${doing}: the wait for task ${task.taskId} was ended from outside.`, error);
      }
    }
  }
}
