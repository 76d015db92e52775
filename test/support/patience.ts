import { jest } from '@jest/globals';

const TIMES = 3;

/**
 * For a file whose workers share their process with many tests: they get several times as long to confirm something as the
 * product gives them, which is many times what they need by themselves.
 */
export function giveWorkersTime(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(TIMES * ms));
}
