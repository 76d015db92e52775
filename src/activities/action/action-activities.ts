import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type ActionQuestion, readActionQuestion } from '../../contract/action/activities.js';
import type { Listed, ListedTask, Submitted } from '../../contract/action/state.js';
import { errorSentence, POLL_FAILURE_TYPES } from '../../contract/poll-error.js';
import { timeOfOne } from '../../tencent/call-time.js';
import { listInstanceTasks } from '../../tencent/list-instance-tasks.js';
import type { RedisApi } from '../../tencent/redis-api.js';
import type { ApiAccount } from '../api/account.js';
import { apiNow, askApi, whileBeating } from '../api/ask-api.js';
import { refusalHere, submitAction } from './submit.js';

/** The activities of a change, by name. */
export interface RedisActionActivities {
  /**
   * Says whether this worker submits a change, and which tasks its instances have.
   *
   * @throws ApplicationFailure with a type of `POLL_FAILURE_TYPES` and a `PollError` as `details[0]`
   */
  beginRedisAction(question: ActionQuestion): Promise<{ readonly tasks: readonly number[] }>;
  /** Submits a change once: run it with one attempt. What became of it is a value. */
  submitRedisAction(question: ActionQuestion): Promise<Submitted>;
  /** The tasks of the instances of a change. @throws ApplicationFailure as above */
  listRedisActionTasks(question: ActionQuestion): Promise<Listed>;
}

export function actionActivitiesOf(account: ApiAccount, api: RedisApi): RedisActionActivities {
  const list = async ({ region, instanceIds }: ReturnType<typeof readActionQuestion>): Promise<ListedTask[]> => {
    // Nothing to ask: that says nothing of the key.
    if (instanceIds.length === 0) return [];
    const { answer } = await askApi(account, async (time) => {
      const options = timeOfOne(time);
      const tasks: ListedTask[] = [];
      for (const instanceId of instanceIds)
        tasks.push(...(await listInstanceTasks(api, { region, instanceId }, options)));
      return tasks;
    });
    return answer;
  };
  return {
    async beginRedisAction(asked) {
      const plan = readActionQuestion(asked);
      const refusal = refusalHere(plan, account.settings);
      if (refusal) {
        throw ApplicationFailure.create({
          type: POLL_FAILURE_TYPES.rejected,
          message: errorSentence(refusal),
          details: [refusal],
          nonRetryable: true,
        });
      }
      return { tasks: (await list(plan)).map(({ taskId }) => taskId) };
    },
    async submitRedisAction(asked) {
      const plan = readActionQuestion(asked);
      return whileBeating(Context.current(), (options) => submitAction(plan, api, account.settings, options));
    },
    async listRedisActionTasks(asked) {
      const tasks = await list(readActionQuestion(asked));
      return { tasks, at: new Date(apiNow(account.metrics)).toISOString() };
    },
  };
}
