#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import type { SimulatorCall } from './call-log.js';
import { demoOnCreate, demoTasks } from './demo-tasks.js';
import { SIMULATOR_CREDENTIAL } from './options.js';
import { RedisApiSimulator } from './redis-api-simulator.js';

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly rps: number | false;
  readonly listRps: number | false;
  readonly speed: number;
  readonly remoteControl?: boolean;
}

function numberFlag(rule: string, holds: (value: number) => boolean): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (!holds(value)) throw new InvalidArgumentError(`It must be ${rule}.`);
    return value;
  };
}

const readPort = numberFlag('an integer from 0 to 65535', (port) => Number.isInteger(port) && port <= 65_535);
const readRate = numberFlag('a positive integer, or off', (rps) => Number.isInteger(rps) && rps > 0);
const rateOrOff = (text: string) => text !== 'off' && readRate(text);
const readSpeed = numberFlag('a positive number', (speed) => speed > 0);

const command = new Command('redis-task-simulator')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on; 0 takes any free one', readPort, 8080)
  .option('--rps <number|off>', 'limit per second for each action, host and key', rateOrOff, 20)
  .option('--list-rps <n|off>', 'the same for DescribeTaskList', rateOrOff, 100)
  .option('--speed <factor>', 'how many times as fast the demo tasks go on', readSpeed, 1)
  .option('--remote-control', 'let other machines script it too, under /_simulator')
  .showSuggestionAfterError(false);

async function serve({ rps, listRps, speed, ...where }: Flags): Promise<void> {
  const simulator = await RedisApiSimulator.start({ ...where, requestsPerSecond: rps, listRequestsPerSecond: listRps });
  simulator.onCreate(demoOnCreate(speed));
  for (const { taskId, script } of demoTasks(speed)) simulator.addTask(taskId, script);
  simulator.watchCalls((call) => {
    if (call.outcome !== 'pending') console.log(line(call));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void simulator.close());
  console.log(`Redis API simulator at ${simulator.url}

export TENCENTCLOUD_REDIS_ENDPOINT=${simulator.url}
export TENCENTCLOUD_SECRET_ID=${SIMULATOR_CREDENTIAL.secretId}
export TENCENTCLOUD_SECRET_KEY=${SIMULATOR_CREDENTIAL.secretKey}

Tasks in every region, counted from their first poll${speed === 1 ? '' : ` and ${speed} times as fast`}:
${demoTasks(speed)
  .map(({ taskId, about }) => `  ${taskId}  ${about}`)
  .join('\n')}
Changes, such as ClearInstance, create more; add your own with PUT ${simulator.url}/_simulator/tasks/<id>.
Ctrl-C ends it.
`);
}

function line(call: SimulatorCall): string {
  const parts = [call.action, call.taskId, call.region].map((part) => part ?? '-');
  const text = [new Date(call.at).toISOString(), ...parts, call.outcome, call.aborted ? '(client gone)' : ''].join(' ');
  // Headers may hold bytes that control a terminal.
  return text.trimEnd().replace(/[^\x20-\x7e]/g, '?');
}

try {
  await serve(command.parse().opts<Flags>());
} catch (error) {
  console.error((error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' '));
  process.exitCode = 1;
}
