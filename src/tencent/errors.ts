import type { PollErrorClass } from '../contract/poll-error.js';
import { field } from './json.js';

/**
 * What an error code means for a read.
 *
 * - `transient`: nothing is known; ask again
 * - `throttled`: the API's request rate is used up; ask again a little later
 * - `unknownTask`: no such task, or not yet visible
 * - `unauthorized`: the credentials, or what they may do, are refused
 * - `rejected`: the API will never answer this request
 * - `clock`: the request's time was refused; a corrected call may succeed
 */
export type TencentErrorClass = PollErrorClass | 'clock';

/**
 * Codes whose prefix has another class. Sources: the error codes of the redis product (SDK for Go v1.3.166,
 * `redis/v20180412/errors.go`) and the common error codes of API 3.0.
 */
const BY_CODE: Readonly<Record<string, TencentErrorClass>> = {
  'AuthFailure.SignatureExpire': 'clock',
  // Permission errors behind other prefixes.
  'InvalidParameter.PermissionDenied': 'unauthorized',
  'InternalError.CamAuthOssResponseReturnCodeError': 'unauthorized',
  'InternalError.InstanceOperatePermissionError': 'unauthorized',
  // "No such task", in the ways the documents leave open.
  'InvalidParameter.InvalidParameter': 'unknownTask',
  'FailedOperation.FlowNotExists': 'unknownTask',
  'InternalError.InstanceNotFoundError': 'unknownTask',
  // Gone for good, unlike other unavailable resources.
  'ResourceUnavailable.InstanceDeleted': 'rejected',
  'ResourceUnavailable.InstanceIsolated': 'rejected',
};

/** The class of every other code, by its first segment. The rest is transient, `InternalError` as much as an unknown code. */
const BY_PREFIX: Readonly<Record<string, TencentErrorClass>> = {
  RequestLimitExceeded: 'throttled',

  AuthFailure: 'unauthorized',
  IpInBlacklist: 'unauthorized',
  IpNotInWhitelist: 'unauthorized',
  UnauthorizedOperation: 'unauthorized',

  ResourceNotFound: 'unknownTask',

  ActionOffline: 'rejected',
  DryRunOperation: 'rejected',
  InvalidAction: 'rejected',
  InvalidParameter: 'rejected',
  InvalidParameterValue: 'rejected',
  InvalidRequest: 'rejected',
  LimitExceeded: 'rejected',
  MissingParameter: 'rejected',
  NoSuchProduct: 'rejected',
  NoSuchVersion: 'rejected',
  RequestSizeLimitExceeded: 'rejected',
  ResourceInsufficient: 'rejected',
  ResponseSizeLimitExceeded: 'rejected',
  UnknownParameter: 'rejected',
  UnsupportedOperation: 'rejected',
  UnsupportedProtocol: 'rejected',
  UnsupportedRegion: 'rejected',
};

/** The class of an error code: by the full code, then by its prefix. Others are transient: they end no wait. */
export function classifyErrorCode(code: string): TencentErrorClass {
  const found = field(BY_CODE, code) ?? field(BY_PREFIX, code.split('.', 1)[0] ?? '');
  return (found as TencentErrorClass | undefined) ?? 'transient';
}

/**
 * A call without a result: refused by the API, or lost on the way. Its message holds no secret.
 *
 * @example
 * ```ts
 * try {
 *   await api.call({ action: 'ClearInstance', region, params: { InstanceId: 'crs-09u2u96z' } });
 * } catch (error) {
 *   if (!(error instanceof TencentApiError) || error.errorClass !== 'rejected') throw error;
 *   console.error(error.code, error.message, error.requestId);
 * }
 * ```
 */
export class TencentApiError extends Error {
  override readonly name = 'TencentApiError';

  constructor(
    /** The API's code, or one of ours if the API did not answer. */
    readonly code: string,
    message: string,
    readonly errorClass: TencentErrorClass,
    readonly requestId: string | null = null,
    /** How far the server's clock is ahead of ours, by the answer's `Date` header. */
    readonly clockSkewMs: number | null = null,
  ) {
    super(message);
  }
}

/** An error after which a later call may succeed. */
export function transientError(code: string, message: string, requestId: string | null = null): TencentApiError {
  return new TencentApiError(code, message, 'transient', requestId);
}
