import {
  apiTaskQueue,
  AWAIT_REDIS_TASK,
  childWorkflowId,
  clientWorkflowId,
  DEFAULT_TASK_QUEUE,
} from '../../src/contract/ids.js';

describe('the names that other systems rely on', () => {
  test('are those of the contract', () => {
    expect(AWAIT_REDIS_TASK).toBe('awaitRedisTask');
    expect(DEFAULT_TASK_QUEUE).toBe('redis-task');
    expect(apiTaskQueue(DEFAULT_TASK_QUEUE)).toBe('redis-task-api');
  });

  test('give a wait that a client starts one id per queue, region and task', () => {
    expect(clientWorkflowId('redis-task', 'ap-guangzhou', 18215)).toBe('redis-task/ap-guangzhou/18215');
  });

  test("put a wait that a parent starts under the parent's id", () => {
    expect(childWorkflowId('provision-7', 'redis-task', 'ap-guangzhou', 18215)).toBe(
      'provision-7/redis-task/ap-guangzhou/18215',
    );
  });

  test('write the largest id in digits', () => {
    expect(clientWorkflowId('q', 'ap-guangzhou', Number.MAX_SAFE_INTEGER)).toBe('q/ap-guangzhou/9007199254740991');
  });
});
