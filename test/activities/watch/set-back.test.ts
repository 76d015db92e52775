// A clock that is set back, as NTP does with one that was ahead, delays nothing by as much.
import { jest } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { Refresh } from '../../../src/activities/watch/refresh.js';
import { OpenWaitsList } from '../../../src/parents/open-waits.js';

const setBack = () => jest.spyOn(Date, 'now').mockReturnValue(0);
/** So much later, by the clock that nobody sets. */
const later = (ms: number) => jest.spyOn(performance, 'now').mockReturnValue(performance.now() + ms);

afterEach(() => {
  jest.restoreAllMocks();
});

test('an answer that is fresh no longer is asked for again', async () => {
  const ask = jest.fn(() => Promise.resolve(1_000));
  const answer = new Refresh(ask);
  answer.refresh();
  await new Promise((resolve) => setTimeout(resolve));
  setBack();
  answer.refresh();

  expect(ask).toHaveBeenCalledTimes(1);

  later(1_000);
  answer.refresh();

  expect(ask).toHaveBeenCalledTimes(2);
});

test('a listing of open waits serves no longer than it should', async () => {
  const listWorkflowExecutions = jest.fn(() => Promise.resolve({ executions: [], nextPageToken: new Uint8Array() }));
  const client = { connection: {}, options: { namespace: 'default' }, workflowService: { listWorkflowExecutions } };
  const list = OpenWaitsList.of(client as unknown as Client, 'redis-task');
  await list.list(1_000);
  setBack();
  await list.list(1_000);

  expect(listWorkflowExecutions).toHaveBeenCalledTimes(1);

  later(1_000);
  await list.list(1_000);

  expect(listWorkflowExecutions).toHaveBeenCalledTimes(2);
});
