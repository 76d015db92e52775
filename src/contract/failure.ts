// What the failures of all three workflows have in common.
import { ApplicationFailure } from '@temporalio/common';
import * as v from 'valibot';

/** A typed failure: what ends a workflow, and what the decoders return. */
export interface TypedFailure<Type extends string, Details> {
  readonly type: Type;
  /** A sentence with the facts: of what, what the API said, its RequestId, how long the wait was, what to do. */
  readonly message: string;
  readonly details: Details;
}

/** A failure as Temporal carries it. Thrown by the workflow itself, it is the direct cause of what a parent catches. */
export function toApplicationFailure({
  type,
  message,
  details,
}: Readonly<Record<'type' | 'message', string> & { details: object }>): ApplicationFailure {
  const failure = ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
  // The message says it all: in Temporal UI a trace of our own frames would only push it out of sight.
  failure.stack = '';
  return failure;
}

/** The details are what the contract promises for the type, and may have more fields when a newer worker made them. */
const CARRIED_FAILURE = v.object({
  type: v.string(),
  message: v.fallback(v.string(), ''),
  details: v.looseTuple([v.custom<never>((value) => isObject(value) && !Array.isArray(value))]),
});

/** Finds a failure with one of these types in an error and its causes. */
export function decodeFailure<Type extends string>(
  types: readonly Type[],
  error: unknown,
): { readonly type: Type; readonly message: string; readonly details: never } | undefined {
  const seen = new Set<unknown>();
  for (let each = error; isObject(each) && !seen.has(each); each = each['cause']) {
    seen.add(each);
    const { success, output } = v.safeParse(CARRIED_FAILURE, each);
    const type = success && types.find((type) => type === output.type);
    if (type) return { type, message: output.message, details: output.details[0] };
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
