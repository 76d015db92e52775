import { type ParentEvent, readParentEvents } from '../../src/contract/parent-history.js';

const ID = 'resize-1/redis-task/ap-guangzhou/18215';

function started(runId: string, name = 'awaitRedisTask', workflowId = ID): ParentEvent {
  const workflowExecution = { workflowId, runId };
  return { childWorkflowExecutionStartedEventAttributes: { workflowType: { name }, workflowExecution } };
}

function cancelled(runId: string, workflowId = ID): ParentEvent {
  return {
    requestCancelExternalWorkflowExecutionInitiatedEventAttributes: { workflowExecution: { workflowId, runId } },
  };
}

const ENDS = ['Completed', 'Failed', 'Canceled', 'TimedOut', 'Terminated'].map((end): ParentEvent => ({
  [`childWorkflowExecution${end}EventAttributes`]: { workflowExecution: { workflowId: ID, runId: 'last' } },
}));

function waitsAfter(...events: ParentEvent[]) {
  return [...readParentEvents(new Map(), events)];
}

test('a wait that was started is open', () => {
  expect(waitsAfter(started('first'))).toEqual([[ID, { firstRunId: 'first', isCancelled: false }]]);
});

test.each(['first', ''])('a cancellation that names the run "%s" cancels the wait', (runId) => {
  expect(waitsAfter(started('first'), cancelled(runId))).toEqual([[ID, { firstRunId: 'first', isCancelled: true }]]);
});

test('a cancellation is read in later events than the start', () => {
  const waits = readParentEvents(new Map(), [started('first')]);

  expect([...readParentEvents(waits, [cancelled('first')])]).toEqual([
    [ID, { firstRunId: 'first', isCancelled: true }],
  ]);
});

test.each([
  ['of another workflow', cancelled('first', 'other')],
  ['of an earlier wait with the same id', cancelled('earlier')],
])('a cancellation %s leaves the wait alone', (_of, event) => {
  expect(waitsAfter(started('first'), event)).toEqual([[ID, { firstRunId: 'first', isCancelled: false }]]);
});

test('a cancellation before the start was meant for an earlier wait', () => {
  expect(waitsAfter(cancelled(''), started('first'))).toEqual([[ID, { firstRunId: 'first', isCancelled: false }]]);
});

test.each(ENDS)('a wait that has ended is open no longer: %j', (end) => {
  expect(waitsAfter(started('first'), cancelled('first'), end)).toEqual([]);
});

test('a wait that follows one with the same id is not cancelled with it', () => {
  const [end = {}] = ENDS;

  expect(waitsAfter(started('first'), cancelled('first'), end, started('second'))).toEqual([
    [ID, { firstRunId: 'second', isCancelled: false }],
  ]);
});

test('children that are no waits are left alone', () => {
  expect(waitsAfter(started('first', 'backup'), cancelled('first'))).toEqual([]);
});
