/**
 * For tests: a stub of waits and changes, a simulator of the API, and failures as a parent catches them.
 *
 * @module temporal-tencent-redis/testing
 */
export type { ActionAnswer, ActionScript, Creation, CreatingAction, OnAction, OnCreate } from './account.js';
export type { ExecutedChange, OnOrder, Order } from './account.js';
export type { SimulatorCall, SimulatorStats } from './call-log.js';
export type { Fault, FaultHandle, FaultScope } from './faults.js';
export type { DealScript, DealStep, InstanceScript, InstanceStep } from './instances.js';
export { SIMULATOR_CREDENTIAL, type SimulatorCredential, type SimulatorOptions } from './options.js';
export { RedisApiSimulator } from './redis-api-simulator.js';
export {
  redisActionFailure,
  type RedisActionFailureFacts,
  redisInstanceFailure,
  type RedisInstanceFailureFacts,
  redisTaskFailure,
  type RedisTaskFailureFacts,
} from './stub/failure.js';
export type { RedisActionEnding, RedisActionEndings } from './stub/scripted-actions.js';
export type { RedisInstanceEnding, RedisInstanceEndings } from './stub/scripted-instances.js';
export type { RedisTaskEnding, RedisTaskEndings } from './stub/scripted-tasks.js';
export { type AwaitRedisTaskStub, type AwaitRedisTaskStubOptions, stubAwaitRedisTask } from './stub/worker.js';
export type { TaskId, TaskScript, TaskStep } from './task-script.js';
