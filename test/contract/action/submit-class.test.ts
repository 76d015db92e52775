import fc from 'fast-check';
import { submitClassOf } from '../../../src/contract/action/submit-class.js';
import { classifyErrorCode } from '../../../src/tencent/errors.js';
import facts from '../../fixtures/redis-actions.json' with { type: 'json' };
import codes from '../../fixtures/redis-error-codes.json' with { type: 'json' };

const classOf = (code: string) => {
  const readClass = classifyErrorCode(code);
  return submitClassOf(code, readClass === 'clock' ? 'unauthorized' : readClass);
};

test.each([
  ['ResourceUnavailable.InstanceLockedError', 'busy'],
  ['ResourceInUse.InstanceBeenLocked', 'busy'],
  ['ResourceUnavailable.InstanceUnLockedError', 'busy'],
  ['LimitExceeded.ReplicationGroupLocked', 'busy'],
  ['UnsupportedOperation.Inspection', 'busy'],
  ['ResourceUnavailable.BackupLockedError', 'busy'],
  ['ResourceUnavailable.InstanceStatusAbnormal', 'busy'],
  ['ResourceUnavailable.InstanceStatusError', 'busy'],
  ['ResourceUnavailable.InstanceStateError', 'busy'],
  ['FailedOperation.CommitFlowError', 'busy'],
  ['RequestLimitExceeded', 'throttled'],
  ['RequestLimitExceeded.UinLimitExceeded', 'throttled'],
  ['CredentialsUnavailable', 'throttled'],
  ['NoCallSlot', 'throttled'],
  ['NetworkError.ECONNREFUSED', 'throttled'],
  ['NetworkError.ENOTFOUND', 'throttled'],
  ['ProxyStatus.407', 'throttled'],
  ['AuthFailure.SecretIdNotFound', 'unauthorized'],
  ['AuthFailure.SignatureExpire', 'unauthorized'],
  ['UnauthorizedOperation', 'unauthorized'],
  ['InvalidParameter.PermissionDenied', 'unauthorized'],
  ['FailedOperation.PayFailed', 'refused'],
  ['ResourceUnavailable.AccountBalanceNotEnough', 'refused'],
  ['ResourceUnavailable.SaleOut', 'refused'],
  ['ResourceUnavailable.InstanceDeleted', 'refused'],
  ['ResourceUnavailable.InstanceIsolated', 'refused'],
  ['InternalError.InstanceNotFoundError', 'refused'],
  ['ResourceNotFound.InstanceNotExists', 'refused'],
  ['InvalidParameter.InvalidParameter', 'refused'],
  ['LimitExceeded.MemSizeNotInRange', 'refused'],
  ['UnsupportedRegion', 'refused'],
  ['FailedOperation.SystemError', 'uncertain'],
  ['FailedOperation.Unknown', 'uncertain'],
  ['InternalError', 'uncertain'],
  ['InternalError.DbOperationFailed', 'uncertain'],
  ['ResourceUnavailable.CallOssError', 'uncertain'],
  ['Timeout', 'uncertain'],
  ['NetworkError.ECONNRESET', 'uncertain'],
  ['NetworkError.ETIMEDOUT', 'uncertain'],
  ['HttpStatus.502', 'uncertain'],
  ['InvalidResponse', 'uncertain'],
  ['WorkerLost', 'uncertain'],
])('%s means that a submit is %s', (code, submitClass) => {
  expect(classOf(code)).toBe(submitClass);
});

test('a code that nobody knows is uncertain', () => {
  const unknown = fc.stringMatching(/^(FailedOperation|InternalError|Zz[a-z]{3,8})\.Zz[A-Za-z]{1,20}$/);
  fc.assert(fc.property(unknown, (code) => classOf(code) === 'uncertain'));
});

test('no documented code is taken for accepted, and each is read as something', () => {
  const classes = codes.codes.map(classOf);

  expect(new Set(classes)).toEqual(new Set(['busy', 'refused', 'uncertain', 'unauthorized']));
});

test('no code that an action documents for a busy instance ends a change as refused', () => {
  const documented = new Set(Object.values(facts.actions).flatMap(({ busyCodes }) => busyCodes));
  // Of a migration that is not ready to be switched: no flow ends that.
  documented.delete('FailedOperation.DtsStatusAbnormal');
  const classes = [...documented].map((code) => [code, classOf(code)]);

  expect(classes.length).toBeGreaterThan(10);
  expect(classes.filter(([, submitClass]) => submitClass !== 'busy' && submitClass !== 'uncertain')).toEqual([]);
});
