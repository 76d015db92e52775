export type { Creation, CreatingAction, OnCreate } from './actions.js';
export type { SimulatorCall, SimulatorStats } from './call-log.js';
export { SIMULATOR_CREDENTIAL, type SimulatorCredential } from './credential.js';
export type { Fault, FaultHandle, FaultScope } from './fault.js';
export type { SimulatorOptions } from './options.js';
export { RedisApiSimulator } from './redis-api-simulator.js';
export type { TaskId } from './task-book.js';
export type { TaskScript, TaskStep } from './task-script.js';
