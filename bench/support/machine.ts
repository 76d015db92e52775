import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import process from 'node:process';
import { startStage } from './start-stage.js';

/** What figures depend on besides the code. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly sdk: string;
  readonly server: string;
}

const { version: SDK } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };

export async function describeMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    sdk: SDK,
    server: await serverVersion(),
  };
}

async function serverVersion(): Promise<string> {
  const stage = await startStage();
  try {
    const { serverVersion: version } = await stage.client.workflowService.getSystemInfo({});
    return version;
  } finally {
    await stage.close();
  }
}
