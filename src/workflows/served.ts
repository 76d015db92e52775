// The workflows of a worker that serves waits.
export { runRedisAction } from './action/run-redis-action.js';
export { awaitRedisTask } from './task/await-redis-task.js';
export { awaitRedisInstance } from './instance/await-redis-instance.js';
export { watchRedisTasks } from './watch/watch-redis-tasks.js';
