// A process of its own: starts and stops a server, which makes the SDK download its executable into a folder.
import process from 'node:process';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [start, downloadDir = ''] = process.argv.slice(2) as ['createLocal' | 'createTimeSkipping', string?];
try {
  const executable = { type: 'cached-download', downloadDir } as const;
  await (await TestWorkflowEnvironment[start]({ server: { executable } })).teardown();
} catch (error) {
  console.error((error as Error).message.split('\n', 1)[0]);
  process.exitCode = 1;
}
