import { ApplicationFailure } from '@temporalio/common';
import type { PollError } from './poll-error.js';
import { plain } from './text.js';

/** Said of an input, or of the state beside it, that breaks a rule. */
export const INVALID_INPUT = 'Invalid input: %. Nothing was asked of the API.';

/** A field that breaks a rule. `value` is ready to print; it is missing where it could be a secret. */
export interface InvalidField {
  readonly field: string;
  readonly rule: string;
  readonly value?: string;
}

/** What a `RedisTaskInvalidInput` tells: the facts of a wait as far as they are known, and the rule that is broken. */
export interface InvalidInputDetails {
  readonly taskId: number | null;
  readonly region: string | null;
  readonly status: string | null;
  readonly taskType: string | null;
  readonly instanceId: string | null;
  readonly startTime: string | null;
  readonly message: string | null;
  readonly requestId: string | null;
  readonly polls: number;
  readonly waitedMs: number;
  /** The last failed poll, if there was one. */
  readonly lastError?: PollError;
  readonly invalid: { readonly field: string; readonly rule: string };
}

const NOTHING_KNOWN: Omit<InvalidInputDetails, 'invalid'> = {
  taskId: null,
  region: null,
  status: null,
  taskType: null,
  instanceId: null,
  startTime: null,
  message: null,
  requestId: null,
  polls: 0,
  waitedMs: 0,
};

/** The `RedisTaskInvalidInput` of an argument that breaks a rule: complete, and an `ApplicationFailure` everywhere. */
export class InvalidInputFailure extends ApplicationFailure {
  /**
   * @param invalid - also for borders with words of their own, such as the flags of a command line; not serialized
   * @param sentences - the message, with `%` where the broken rule goes
   * @param known - what is known of the wait already
   */
  constructor(
    readonly invalid: InvalidField,
    sentences: string,
    known: Partial<InvalidInputDetails> = {},
  ) {
    const { field, rule, value } = invalid;
    const given = value === undefined ? '' : ` is ${plain(value, 100)}, but it`;
    const broken = `${plain(field, 100)}${given} ${rule}`;
    const details: InvalidInputDetails = { ...NOTHING_KNOWN, ...known, invalid: { field, rule } };
    super(
      sentences.replace('%', () => broken),
      'RedisTaskInvalidInput',
      true,
      [details],
    );
    this.stack = '';
  }
}
