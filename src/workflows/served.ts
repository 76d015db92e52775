// The workflows of a worker that serves waits.
export { awaitRedisTask } from './await-redis-task.js';
export { awaitRedisInstance } from './instance/await-redis-instance.js';
export { watchRedisTasks } from './watch-redis-tasks.js';
