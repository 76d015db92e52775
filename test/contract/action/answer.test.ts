import { readStarted } from '../../../src/contract/action/answer.js';

const nothing = { taskIds: [], dealName: null, instanceIds: [] };

test.each([
  ['a number', { TaskId: 6_954_227 }, { taskIds: [6_954_227] }],
  ['digits', { TaskId: '6954227' }, { taskIds: [6_954_227] }],
  ['a float', { TaskId: 6_954_227.0 }, { taskIds: [6_954_227] }],
  ['a flow', { FlowId: 140_171_780 }, { taskIds: [140_171_780] }],
  ['a flow beside a null', { TaskId: null, FlowId: '140171780' }, { taskIds: [140_171_780] }],
  ['several', { TaskIds: [1, '2'] }, { taskIds: [1, 2] }],
  ['the same one twice', { TaskIds: [1, '2', '1'] }, { taskIds: [1, 2] }],
  ['0', { TaskId: 0 }, {}],
  ['-1', { TaskId: -1 }, {}],
  ['-1 as digits', { TaskId: '-1' }, {}],
  ['an empty list', { TaskIds: [], DealName: '2025' }, { dealName: '2025' }],
  ['a task beside a change that changed nothing', { Changed: false, TaskId: 7 }, { taskIds: [7] }],
  ['a deal by its name', { DealName: '2025', DealId: '17' }, { dealName: '2025' }],
  ['a deal by its id', { DealId: '2025' }, { dealName: '2025' }],
  ['a deal with an empty name', { DealName: '', DealId: '2025' }, { dealName: '2025' }],
  [
    'new instances',
    { DealName: '2025', InstanceIds: ['crs-a', 'crs-b'] },
    { dealName: '2025', instanceIds: ['crs-a', 'crs-b'] },
  ],
  ['new instances without a deal', { InstanceIds: ['crs-a'] }, { instanceIds: ['crs-a'] }],
  ['a deal that is the instance', { DealId: 'crs-a' }, { dealName: 'crs-a', instanceIds: ['crs-a'] }],
])('an answer with %s says what was started', (_name, response, started) => {
  expect(readStarted(response)).toEqual({ ...nothing, ...started });
});

test.each([
  ['nothing', {}],
  ['nulls', { TaskId: null, DealName: null }],
  ['an id that is no id', { TaskId: 'seven' }],
  ['a fraction', { TaskId: 1.5 }],
  ['an id that is too large for a number', { TaskId: 2 ** 53 }],
  ['a list with something else', { TaskIds: [1, {}] }],
  ['an empty list', { TaskIds: [] }],
])('an answer with %s does not say it', (_name, response) => {
  expect(readStarted(response)).toBeUndefined();
});
