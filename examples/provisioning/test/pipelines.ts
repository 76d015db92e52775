import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type * as workflows from '../src/workflows.js';

export const REGION = 'ap-guangzhou';
export const ORDER = { region: REGION, zoneId: 100_003, vpcId: 'vpc-1', subnetId: 'subnet-1', memSizeMb: 4_096 };

/** The worker of the pipelines. `alerts` gets what a person is told. */
export async function runPipelines({ nativeConnection: connection }: TestWorkflowEnvironment, alerts: string[]) {
  const worker = await Worker.create({
    connection,
    taskQueue: 'provisioning',
    workflowsPath: fileURLToPath(new URL('../src/workflows.ts', import.meta.url)),
    activities: { alert: (message: string) => void alerts.push(message) },
  });
  const run = worker.run();
  return async () => {
    worker.shutdown();
    await run;
  };
}

type Pipelines = typeof workflows;

export function start<Name extends keyof Pipelines>(
  { client }: TestWorkflowEnvironment,
  name: Name,
  input: Parameters<Pipelines[Name]>[0],
): Promise<WorkflowHandle<Pipelines[Name]>> {
  const options = { taskQueue: 'provisioning', workflowId: randomUUID(), args: [input] as never };
  return client.workflow.start<Pipelines[Name]>(name, options);
}
