import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { RedisTaskFailureType } from '../../src/contract/task/failures.js';
import type { Ending } from './wait-record.js';

type Payload = temporal.api.common.v1.IPayload;

/** The value of a payload, undefined when there is none. */
export function valueOf(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

/** How a wait ended that returned a result. */
export function success(result: Payload | null | undefined): Ending {
  return { as: 'succeeded', result: valueOf(result) as never };
}

/** How a wait ended that failed: in a way of the contract, or otherwise. */
export function failed({ message, applicationFailureInfo }: temporal.api.failure.v1.IFailure): Ending {
  const { type, details, nonRetryable } = applicationFailureInfo ?? {};
  const first = valueOf(details?.payloads?.[0]);
  if (!type?.startsWith('RedisTask') || !nonRetryable || first === undefined) {
    return { as: 'other', what: `${message ?? ''} (${type ?? 'no ApplicationFailure'})` };
  }
  return { as: type as RedisTaskFailureType, message: message ?? '', details: first as never };
}
