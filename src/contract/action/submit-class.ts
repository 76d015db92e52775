// What became of a submit, by the API's error code. A read may be asked again after any doubt, a submit may not.
import type { PollErrorClass } from '../poll-error.js';

/**
 * - `accepted`: the API has started it, or there was nothing to do.
 * - `busy`: another flow holds the instance; nothing was started. Submit again later.
 * - `throttled`: nothing was started, or even sent. Submit again a little later.
 * - `unauthorized`: the credentials, or what they may do, are refused.
 * - `refused`: the API will never do this; nothing was started.
 * - `uncertain`: it may have been started.
 */
export type SubmitClass = 'accepted' | 'busy' | 'throttled' | 'unauthorized' | 'refused' | 'uncertain';

/** Codes that the API answers for an instance that a flow holds, and for one that is isolated. */
const BUSY_OR_ISOLATED = [
  'ResourceUnavailable.InstanceStateError',
  'ResourceUnavailable.InstanceStatusAbnormal',
  'ResourceUnavailable.InstanceStatusError',
];

/** Codes by which the API says that another flow holds an instance, a group or a backup. */
const BUSY = [
  'FailedOperation.CommitFlowError',
  'LimitExceeded.ReplicationGroupLocked',
  'ResourceInUse.InstanceBeenLocked',
  'ResourceUnavailable.BackupLockedError',
  'ResourceUnavailable.InstanceLockedError',
  // Despite its name, its text says that another flow has locked the instance.
  'ResourceUnavailable.InstanceUnLockedError',
  'UnsupportedOperation.Inspection',
  ...BUSY_OR_ISOLATED,
];

/** Whether only the instance itself tells if it is held by a flow or isolated: what it is says whether to wait. */
export function mayBeIsolated(code: string): boolean {
  return BUSY_OR_ISOLATED.includes(code);
}

/** Codes that refuse for good behind prefixes which leave it open. */
const REFUSED = [
  'FailedOperation.DtsStatusAbnormal',
  'FailedOperation.PayFailed',
  'FailedOperation.UnSupportError',
  'InternalError.InstanceNotFoundError',
  'ResourceUnavailable.AccountBalanceNotEnough',
  'ResourceUnavailable.BackupSpecError',
  'ResourceUnavailable.BackupStatusAbnormal',
  'ResourceUnavailable.BackupStatusInvalid',
  'ResourceUnavailable.InstanceConfError',
  'ResourceUnavailable.InstanceDeleted',
  'ResourceUnavailable.InstanceIsolated',
  'ResourceUnavailable.InstanceNoDeal',
  'ResourceUnavailable.InstanceNotSupportOperation',
  'ResourceUnavailable.NoEnoughVipInVPC',
  'ResourceUnavailable.NoRedisService',
  'ResourceUnavailable.NoServiceAvailableForThisZoneId',
  'ResourceUnavailable.NoTypeIdRedisService',
  'ResourceUnavailable.SaleOut',
];

/** Prefixes of refusals that come before anything is done. */
const REFUSED_PREFIXES = [
  'ActionOffline',
  'DryRunOperation',
  'InvalidAction',
  'InvalidParameter',
  'InvalidParameterValue',
  'InvalidRequest',
  'LimitExceeded',
  'MissingParameter',
  'NoSuchProduct',
  'NoSuchVersion',
  'RequestSizeLimitExceeded',
  'ResourceInsufficient',
  'ResourceNotFound',
  'UnknownParameter',
  'UnsupportedOperation',
  'UnsupportedProtocol',
  'UnsupportedRegion',
];

/** Our codes for a request that was never sent: no key, no turn, no connection, no way through the proxy. */
const NOT_SENT =
  /^(CredentialsUnavailable|NoCallSlot|NetworkError\.(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)|ProxyStatus\.\d+)$/;

/**
 * The class of a submit that brought an error. Every code that is not known to come before a flow is created is uncertain:
 * `FailedOperation.SystemError`, `FailedOperation.Unknown` and `InternalError` are answered for a locked instance, too.
 *
 * @param readClass - what the same error means for a read
 */
export function submitClassOf(code: string, readClass: PollErrorClass): Exclude<SubmitClass, 'accepted'> {
  if (BUSY.includes(code)) return 'busy';
  if (readClass === 'unauthorized') return 'unauthorized';
  if (readClass === 'throttled' || NOT_SENT.test(code)) return 'throttled';
  const isRefused = REFUSED.includes(code) || REFUSED_PREFIXES.includes(code.split('.', 1)[0] ?? '');
  return isRefused ? 'refused' : 'uncertain';
}
