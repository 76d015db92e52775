// The timer of a deadline may fire early by the workflow's clock: after a failover that of another server counts.
import { type Command, payloads, WorkflowVm } from './virtual/workflow-vm.js';

const BEGIN = Date.UTC(2026, 0, 1);
const HOURLY = { initialInterval: '1h', maximumInterval: '1h' };

function kindOf(command: Command): string | undefined {
  return Object.keys(command).find((key) => key !== 'userMetadata');
}

test('a deadline whose timer fires early gets another timer, and its last poll when it has come', async () => {
  const vm = await WorkflowVm.create();
  const input = { taskId: 1, region: 'ap-guangzhou', maxWait: '60s', polling: HOURLY };
  const run = await vm.start({ runId: 'run', seed: 1, args: payloads(input) }, BEGIN);
  const begun = await run.activate([], BEGIN);
  const seqOf = (commands: readonly Command[]) => commands.find(({ startTimer }) => startTimer)?.startTimer?.seq ?? 0;
  const call = begun.find(({ scheduleActivity }) => scheduleActivity)?.scheduleActivity?.seq ?? 0;
  const [answer] = payloads({ status: 'running', queuedMs: 0 });
  await run.activate(
    [{ resolveActivity: { seq: call, result: { completed: { result: answer ?? null } } } }],
    BEGIN + 100,
  );

  const early = await run.activate([{ fireTimer: { seq: seqOf(begun) } }], BEGIN + 50_000);
  const due = await run.activate([{ fireTimer: { seq: seqOf(early) } }], BEGIN + 60_000);
  await run.dispose();
  await vm.close();

  expect(early.map(kindOf)).toEqual(['startTimer']);
  expect(due.map(kindOf)).toContain('scheduleActivity');
});

test('a shared wait that still joins its watch at its deadline makes its last poll a second after the one before', async () => {
  const vm = await WorkflowVm.create();
  const input = { taskId: 1, region: 'ap-guangzhou', maxWait: 1_500, polling: { pacing: 'shared' } };
  const run = await vm.start({ runId: 'run', seed: 1, args: payloads(input) }, BEGIN);
  const begun = await run.activate([], BEGIN);
  const poll = begun.find(({ scheduleActivity }) => scheduleActivity?.activityType === 'describeTaskInfo');
  const deadline = begun.find(({ startTimer }) => startTimer);
  const [answer] = payloads({ status: 'running', queuedMs: 0 });
  const answered = { seq: poll?.scheduleActivity?.seq ?? 0, result: { completed: { result: answer ?? null } } };
  await run.activate([{ resolveActivity: answered }], BEGIN + 1_000);

  const due = await run.activate([{ fireTimer: { seq: deadline?.startTimer?.seq ?? 0 } }], BEGIN + 1_500);
  const pause = due.find(({ startTimer }) => startTimer)?.startTimer;
  const last = await run.activate([{ fireTimer: { seq: pause?.seq ?? 0 } }], BEGIN + 2_000);
  await run.dispose();
  await vm.close();

  expect(Number(pause?.startToFireTimeout?.nanos)).toBe(500_000_000);
  expect(last.map(kindOf)).toContain('scheduleActivity');
});
