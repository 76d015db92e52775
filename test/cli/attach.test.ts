// Whom `redis-task await` watches.
import { attach } from '../../src/cli/attach.js';
import type { Temporal } from '../../src/cli/temporal.js';
import type { Output } from '../../src/cli/terminal.js';

test('a wait of its own is started where Temporal does not list those of others, and it says so', async () => {
  const said: string[] = [];
  const output = { say: (line: string) => void said.push(line) } as unknown as Output;
  const withDeadline = () => Promise.reject(new Error('no visibility store'));
  const temporal = {
    waits: { taskQueue: 'redis-task', client: { withDeadline }, withDeadline },
  } as unknown as Temporal;
  const input = { taskId: 18215, region: 'ap-guangzhou' };

  await expect(attach([{ ...input, input }], temporal, output)).resolves.toEqual([
    { subject: input, workflowId: 'redis-task/ap-guangzhou/18215', input },
  ]);
  expect(said).toEqual([expect.stringContaining('Temporal does not list the open waits (no visibility store)')]);
});
