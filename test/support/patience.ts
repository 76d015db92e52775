import { jest } from '@jest/globals';
import { Connection } from '@temporalio/client';

const TIMES = 3;

/**
 * For a file whose workers share their process with many tests: they get several times as long to confirm or to answer
 * something as the product gives them, which is many times what they need by themselves.
 */
export function giveWorkersTime(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(TIMES * ms));

  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on a connection below
  const { withDeadline } = Connection.prototype;
  jest.spyOn(Connection.prototype, 'withDeadline').mockImplementation(function (this: Connection, deadline, act) {
    const leftMs = Number(deadline) - Date.now();
    return withDeadline.call(this, Date.now() + TIMES * leftMs, act);
  });
}
