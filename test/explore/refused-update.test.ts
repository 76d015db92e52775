// An update that is refused leaves no event: what a wait decides in its task, a replay would not.
import { payloads, WorkflowVm } from './virtual/workflow-vm.js';

test('a refused update after the deadline, before its timer has fired, makes no command but its answer', async () => {
  const vm = await WorkflowVm.create();
  const input = { taskId: 1, region: 'ap-guangzhou', maxWait: 2_000 };
  const run = await vm.start({ runId: 'run', seed: 1, args: payloads(input) }, Date.UTC(2026, 0, 1));
  await run.activate([], Date.UTC(2026, 0, 1));
  const update = {
    ...{ id: 'late', protocolInstanceId: 'late', name: 'extendWait', input: payloads({ maxWait: 1_000 }) },
    ...{ headers: {}, runValidator: true, meta: { identity: 'client', updateId: 'late' } },
  };
  const commands = await run.activate([{ doUpdate: update }], Date.UTC(2026, 0, 1) + 3_000);
  await run.dispose();
  await vm.close();

  expect(commands.map((each) => Object.keys(each).filter((key) => key !== 'userMetadata'))).toEqual([
    ['updateResponse'],
  ]);
});
