// The bundler of the SDK reads ES modules too, so a workflow file may `require` one, also where Node could not.
const { decodeRedisTaskFailure } = require('temporal-tencent-redis');
const { awaitRedisTask, executeAwaitRedisTask } = require('temporal-tencent-redis/workflows');

exports.awaitRedisTask = awaitRedisTask;

exports.pipeline = async (input, taskQueue) => {
  try {
    return await executeAwaitRedisTask(input, { taskQueue });
  } catch (error) {
    return decodeRedisTaskFailure(error);
  }
};
