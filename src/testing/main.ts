#!/usr/bin/env node
import type { SimulatorCall } from './call-log.js';
import { SIMULATOR_CREDENTIAL } from './credential.js';
import { demoOnCreate, demoTasks } from './demo-tasks.js';
import { readFlags, USAGE, type SimulatorFlags } from './main-flags.js';
import { RedisApiSimulator } from './redis-api-simulator.js';

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) {
    console.log(USAGE);
    return;
  }
  const simulator = await RedisApiSimulator.start({ ...flags, onCreate: demoOnCreate(flags.speed) });
  for (const { taskId, script } of demoTasks(flags.speed)) simulator.addTask(taskId, script);
  simulator.watchCalls((call) => {
    if (call.outcome !== 'pending') console.log(line(call));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void simulator.close());
  }
  console.log(greeting(simulator.url, flags));
}

function greeting(url: string, { speed }: SimulatorFlags): string {
  const tasks = demoTasks(speed).map(({ taskId, about }) => `  ${taskId}  ${about}`);
  return [
    `Redis API simulator at ${url}`,
    '',
    `export TENCENTCLOUD_REDIS_ENDPOINT=${url}`,
    `export TENCENTCLOUD_SECRET_ID=${SIMULATOR_CREDENTIAL.secretId}`,
    `export TENCENTCLOUD_SECRET_KEY=${SIMULATOR_CREDENTIAL.secretKey}`,
    '',
    `Tasks in every region, counted from their first poll${speed === 1 ? '' : ` and ${speed} times as fast`}:`,
    ...tasks,
    'ClearInstance and ManualBackupInstance create more. Ctrl-C ends it.',
    '',
  ].join('\n');
}

function line(call: SimulatorCall): string {
  const parts = [call.action, call.taskId, call.region].map((part) => part ?? '-');
  const text = [new Date(call.at).toISOString(), ...parts, call.outcome, call.aborted ? '(client gone)' : ''].join(' ');
  // A header may hold bytes that would steer a terminal.
  return text.trimEnd().replace(/[^\x20-\x7e]/g, '?');
}

try {
  await main();
} catch (error) {
  console.error((error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' '));
  process.exitCode = 1;
}
