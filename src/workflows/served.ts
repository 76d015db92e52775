// The workflows of a worker that serves waits.
export { awaitRedisTask } from './await-redis-task.js';
export { watchRedisTasks } from './watch-redis-tasks.js';
