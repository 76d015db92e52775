import { type ParentEvent, readParentEvents } from '../../src/contract/parent-history.js';

const ID = 'resize-1/redis-task/ap-guangzhou/18215';

const TERMINATE = 1;

function initiated(name = 'awaitRedisTask', parentClosePolicy = TERMINATE): ParentEvent {
  return {
    startChildWorkflowExecutionInitiatedEventAttributes: { workflowType: { name }, workflowId: ID, parentClosePolicy },
  };
}

function begun(runId: string): ParentEvent {
  return { childWorkflowExecutionStartedEventAttributes: { workflowExecution: { workflowId: ID, runId } } };
}

const started = (runId: string, name?: string) => [initiated(name), begun(runId)];

/** A wait that is open. */
const open = (firstRunId: string, isCancelled = false) => [[ID, { firstRunId, isCancelled, closePolicy: TERMINATE }]];

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
  expect(waitsAfter(...started('first'))).toEqual(open('first'));
});

test.each(['first', ''])('a cancellation that names the run "%s" cancels the wait', (runId) => {
  expect(waitsAfter(...started('first'), cancelled(runId))).toEqual(open('first', true));
});

test('a cancellation is read in later events than the start', () => {
  const waits = readParentEvents(new Map(), started('first'));

  expect([...readParentEvents(waits, [cancelled('first')])]).toEqual(open('first', true));
});

test.each([
  ['of another workflow', cancelled('first', 'other')],
  ['of an earlier wait with the same id', cancelled('earlier')],
])('a cancellation %s leaves the wait alone', (_of, event) => {
  expect(waitsAfter(...started('first'), event)).toEqual(open('first'));
});

test('a cancellation before the start was meant for an earlier wait', () => {
  expect(waitsAfter(cancelled(''), ...started('first'))).toEqual(open('first'));
});

test.each(ENDS)('a wait that has ended is open no longer: %j', (end) => {
  expect(waitsAfter(...started('first'), cancelled('first'), end)).toEqual([]);
});

test('a wait that follows one with the same id is not cancelled with it', () => {
  const [end = {}] = ENDS;

  expect(waitsAfter(...started('first'), cancelled('first'), end, ...started('second'))).toEqual(open('second'));
});

test('children that are no waits are left alone', () => {
  expect(waitsAfter(...started('first', 'backup'), cancelled('first'))).toEqual([]);
});

test('what becomes of a wait when its parent closes is kept', () => {
  const ABANDON = 2;

  expect(waitsAfter(initiated('awaitRedisTask', ABANDON), begun('first'))).toEqual([
    [ID, { firstRunId: 'first', isCancelled: false, closePolicy: ABANDON }],
  ]);
});

test('a wait that could not be started is not open', () => {
  expect(waitsAfter(initiated(), { startChildWorkflowExecutionFailedEventAttributes: { workflowId: ID } })).toEqual([]);
});
