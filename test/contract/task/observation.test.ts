import fc from 'fast-check';
import { phaseOf } from '../../../src/contract/task/observation.js';

describe('phaseOf', () => {
  test.each([
    ['preparing', 'pending'],
    ['running', 'pending'],
    ['succeed', 'succeeded'],
    ['failed', 'failed'],
    ['error', 'errored'],
  ] as const)('takes %s as %s, in any case', (status, phase) => {
    const capital = status.charAt(0).toUpperCase() + status.slice(1);

    expect([status, capital, status.toUpperCase()].map(phaseOf)).toEqual([phase, phase, phase]);
  });

  test.each([
    'verifying',
    'success',
    'succeeded',
    'fail',
    '',
    ' succeed',
    'succeed ',
    '2',
    'null',
    'constructor',
    '__proto__',
  ])('takes %j, which no document knows, as unknown', (status) => {
    expect(phaseOf(status)).toBe('unknown');
  });

  test('takes no text but the five as an end or as pending', () => {
    const documented = ['preparing', 'running', 'succeed', 'failed', 'error'];
    fc.assert(
      fc.property(fc.string(), (status) => {
        expect(phaseOf(status) === 'unknown').toBe(!documented.includes(status.toLowerCase()));
      }),
    );
  });
});
