import { taskToldBy } from '../../src/client/reference.js';

const QUEUE = 'redis-task';
const TASK = { taskId: 18_219, region: 'ap-guangzhou' };
const ID = 'pipeline-7/redis-task/ap-guangzhou/18219';

function told(workflowId: string, memo?: unknown, taskQueue = QUEUE) {
  return taskToldBy({ workflowId, memo }, taskQueue);
}

describe('the task of a wait is told', () => {
  test.each([
    ['the id of a client', 'redis-task/ap-guangzhou/18219'],
    ['the id of a child', ID],
    ['the id of a child whose parent has slashes in its own', `a/b/${ID}`],
  ])('by %s', (_whose, workflowId) => {
    expect(told(workflowId)).toEqual(TASK);
  });

  test('by an id on a queue that has slashes in its name', () => {
    expect(told('p/team/redis/ap-guangzhou/18219', undefined, 'team/redis')).toEqual(TASK);
  });

  test.each([
    ['a number', { taskId: 18_219, region: 'ap-guangzhou' }],
    ['a text, and more fields', { taskId: '18219', region: 'ap-guangzhou', owner: 'infra' }],
  ])('by a memo with %s, whatever the id is', (_what, memo) => {
    expect(told('mine', memo)).toEqual(TASK);
    expect(told('p/redis-task/ap-beijing/1', memo)).toEqual(TASK);
  });

  test('by the id when the memo does not say it', () => {
    expect(told(ID, {})).toEqual(TASK);
    expect(told(ID, { taskId: 0, region: 7 })).toEqual(TASK);
  });
});

test.each([
  'mine',
  'other-queue/ap-guangzhou/18219',
  'my-redis-task/ap-guangzhou/18219',
  'redis-task/ap-guangzhou/18219/again',
  'redis-task/Guangzhou/18219',
  'redis-task/doctor/5e5e1cbb-0c44-4a5b-9b47-8b6a1f3ddc21',
  '',
])('the id %j tells no task', (workflowId) => {
  expect(told(workflowId)).toBeUndefined();
});
