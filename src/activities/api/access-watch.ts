import type { PollErrorClass } from '../../contract/poll-error.js';
import { TencentApiError } from '../../tencent/errors.js';
import { pollErrorClassOf } from './poll-failure.js';

/** After how long a refused call is sent again: doubled each time, up to the limit. */
const PROBE_MS = 1_000;
const PROBE_MS_MAX = 10_000;

/** How many calls in a row must lack a permission: it may be missing for some instances only. */
const PERMISSION_REFUSALS = 3;

/** Classes that only accepted credentials get: the API checks those first. */
const ACCEPTED: readonly PollErrorClass[] = ['throttled', 'unknownTask', 'rejected'];

/**
 * Knows from the calls of this process whether the API accepts its credentials.
 *
 * While it does not, or they cannot be loaded, the refused call is sent again from time to time: a worker that gets no
 * other calls would not notice that its key works again.
 */
export class AccessWatch {
  private refusal: TencentApiError | undefined;
  private refusedInARow = 0;
  private probe: NodeJS.Timeout | undefined;
  private probeUntil = Infinity;

  /**
   * @param changed - told why the last call was refused, and with undefined that calls are accepted again
   * @param probeForMs - for how long after a call somebody may want to know, if nobody tells with `stopProbing`
   */
  constructor(
    private readonly changed: (refusal: TencentApiError | undefined) => void,
    private readonly probeForMs = Infinity,
  ) {}

  /** @param again - makes the same call at any later time */
  watch<T>(call: () => Promise<T>, again: () => Promise<unknown>): Promise<T> {
    this.probeUntil = performance.now() + this.probeForMs;
    return this.learnFrom(call, again);
  }

  private async learnFrom<T>(call: () => Promise<T>, again: () => Promise<unknown>): Promise<T> {
    try {
      const answer = await call();
      this.accepted();
      return answer;
    } catch (error) {
      if (error instanceof TencentApiError) this.learn(error, again);
      throw error;
    }
  }

  /** Until the next call: nobody needs to know any more. */
  stopProbing(): void {
    clearTimeout(this.probe);
    this.probe = undefined;
  }

  private learn(error: TencentApiError, again: () => Promise<unknown>): void {
    const errorClass = pollErrorClassOf(error);
    if (ACCEPTED.includes(errorClass)) this.accepted();
    else if (errorClass === 'unauthorized' || error.code === 'CredentialsUnavailable') this.refused(error, again);
  }

  private accepted(): void {
    this.refusedInARow = 0;
    if (!this.refusal) return;
    this.stopProbing();
    this.refusal = undefined;
    this.changed(undefined);
  }

  private refused(error: TencentApiError, again: () => Promise<unknown>): void {
    this.refusedInARow += 1;
    const isKnown = this.refusal?.code === error.code;
    const isDoubtful = isAboutPermission(error) && (this.refusal || this.refusedInARow < PERMISSION_REFUSALS);
    if (!isKnown && !isDoubtful) {
      this.refusal = error;
      this.changed(error);
    }
    if (this.refusal && !this.probe) this.probeAfter(PROBE_MS, again);
  }

  private probeAfter(ms: number, again: () => Promise<unknown>): void {
    const sendAgain = async () => {
      if (performance.now() > this.probeUntil) {
        this.stopProbing();
        return;
      }
      await this.learnFrom(again, again).catch(() => undefined);
      // After a call that was accepted meanwhile, another refusal has a probe of its own.
      if (this.refusal && this.probe === timer) this.probeAfter(Math.min(2 * ms, PROBE_MS_MAX), again);
    };
    const timer = setTimeout(() => void sendAgain(), ms);
    // A probe must not keep a process that has nothing else to do.
    timer.unref();
    this.probe = timer;
  }
}

/** The key is good, but may not do this. */
function isAboutPermission({ code }: TencentApiError): boolean {
  return code.startsWith('UnauthorizedOperation') || /Permission|AuthFailure\.UnauthorizedOperation|CamAuth/.test(code);
}
