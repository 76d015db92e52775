const assert = require('node:assert/strict');

test('a CommonJS test loads the package by import()', async () => {
  const { decodeRedisTaskFailure } = await import('temporal-tencent-redis');
  const { redisTaskFailure } = await import('temporal-tencent-redis/testing');
  const failure = decodeRedisTaskFailure(redisTaskFailure('RedisTaskFailed', { message: 'disk full' }));

  assert.equal(failure.details.message, 'disk full');
});
