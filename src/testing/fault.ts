/** One way in which the API, or what lies before it, goes wrong. */
export type Fault =
  /** The API refuses for its rate, whatever the rate is. @default code 'RequestLimitExceeded' */
  | { readonly kind: 'throttled'; readonly code?: string }
  /** The API answers this error. @default message the API's own text, where one is known */
  | { readonly kind: 'error'; readonly code: string; readonly message?: string }
  /** `DescribeTaskInfo` shows this status instead of the task's own. */
  | { readonly kind: 'status'; readonly status: string; readonly message?: string }
  /** A gateway's HTML page, with any HTTP status, 200 too. */
  | { readonly kind: 'html'; readonly httpStatus: number }
  /** Any other answer instead of the API's. */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** HTTP 200 without a body. */
  | { readonly kind: 'empty' }
  /** `{}` */
  | { readonly kind: 'missingResponse' }
  /** The true answer without its fields: only `RequestId` is left. Errors pass unharmed. */
  | { readonly kind: 'missingStatus' }
  /** The first half of the true answer, as a complete HTTP message. */
  | { readonly kind: 'truncated' }
  /** The first half of the true answer, then the connection breaks. */
  | { readonly kind: 'cutOff' }
  /** The API does its work, but the connection breaks before the answer. */
  | { readonly kind: 'lostAnswer' }
  /** The connection breaks when the request has come; the API never sees it. */
  | { readonly kind: 'reset' }
  /** As `reset`, but only for a kept-alive connection that has carried a request before. */
  | { readonly kind: 'resetIdle' }
  /** The request is held back so long, then handled as always; other faults may follow. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** No answer until the client gives up. */
  | { readonly kind: 'hang' };

/** Which calls a fault strikes. All conditions must hold. */
export interface FaultScope {
  /** Strike so many calls, then no more. @default no end */
  readonly times?: number;
  readonly taskId?: number | bigint | string;
  readonly action?: string;
  /** Strike each matching call with this probability, 0 to 1. @default 1 */
  readonly probability?: number;
  /** Strike for so many milliseconds from now. @default no end */
  readonly forMs?: number;
}

/** A fault that was set. */
export interface FaultHandle {
  /** How many calls it has struck. */
  readonly hits: number;
  /** Ends it. Calls that it holds already stay held. */
  readonly clear: () => void;
}

/** When a fault acts: before the API sees the request, in place of the API's work, or on the API's answer. */
export type FaultStage = 'delay' | 'gateway' | 'backend' | 'answer';

const stages = {
  slow: 'delay',
  html: 'gateway',
  http: 'gateway',
  empty: 'gateway',
  missingResponse: 'gateway',
  reset: 'gateway',
  resetIdle: 'gateway',
  hang: 'gateway',
  throttled: 'backend',
  error: 'backend',
  status: 'answer',
  missingStatus: 'answer',
  truncated: 'answer',
  cutOff: 'answer',
  lostAnswer: 'answer',
} as const satisfies Record<Fault['kind'], FaultStage>;

export type FaultOf<Stage extends FaultStage> = Extract<
  Fault,
  { kind: { [Kind in Fault['kind']]: (typeof stages)[Kind] extends Stage ? Kind : never }[Fault['kind']] }
>;

/** Whether a fault acts at this stage. */
export function actsAt<Stage extends FaultStage>(fault: Fault, stage: Stage): fault is FaultOf<Stage> {
  return stages[fault.kind] === stage;
}
