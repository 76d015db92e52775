import { jest } from '@jest/globals';
import { createLogger } from '../../src/worker/logger.js';

describe('the log of the worker', () => {
  let written: string;

  beforeEach(() => {
    written = '';
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
  });

  afterEach(() => jest.restoreAllMocks());

  test('is one JSON object a line, whatever an entry holds', () => {
    const log = createLogger('INFO', 'json');
    log.info('two\nlines', { count: 12n, nothing: undefined });
    const error = Object.assign(new Error('reason'), { options: { headers: { authorization: 'secret' } } });
    log.error('failed', { error });

    const [first, second] = written.trimEnd().split('\n');
    expect(JSON.parse(first ?? '')).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      level: 'info',
      message: 'two\nlines',
      count: '12',
    });
    expect(JSON.parse(second ?? '')).toMatchObject({ level: 'error', error: { name: 'Error', message: 'reason' } });
    expect(written).not.toContain('secret');
  });

  test.each([
    ['TRACE', 5],
    ['DEBUG', 4],
    ['INFO', 3],
    ['WARN', 2],
    ['ERROR', 1],
  ] as const)('at level %s has what is as grave or graver', (level, lines) => {
    const log = createLogger(level, 'json');
    log.trace('t');
    log.debug('d');
    log.info('i');
    log.warn('w');
    log.error('e');

    expect(written.trimEnd().split('\n')).toHaveLength(lines);
  });

  test('is for a person when it is pretty', () => {
    createLogger('INFO', 'pretty').warn('Temporal is not there', { attempt: 2 });

    expect(written).toMatch(/^\S+ \[WARN\] Temporal is not there \{\s*attempt: 2\s*\}\n$/);
  });
});
