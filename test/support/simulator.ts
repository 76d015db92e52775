// The simulator without the rest of `temporal-tencent-redis/testing`: the worker of its stub loads the whole SDK, in half a
// second for each test file.
export type { SimulatorCall } from '../../src/testing/call-log.js';
export type { Fault, FaultHandle } from '../../src/testing/faults.js';
export { SIMULATOR_CREDENTIAL, type SimulatorCredential, type SimulatorOptions } from '../../src/testing/options.js';
export { RedisApiSimulator } from '../../src/testing/redis-api-simulator.js';
export type { TaskId, TaskScript, TaskStep } from '../../src/testing/task-script.js';
