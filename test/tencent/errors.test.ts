import { classifyErrorCode, type TencentErrorClass } from '../../src/tencent/errors.js';
import fixture from '../fixtures/redis-error-codes.json' with { type: 'json' };

/** The common codes of API 3.0, each with the class that its meaning gives a read. */
const COMMON: Readonly<Record<TencentErrorClass, readonly string[]>> = {
  throttled: [
    'RequestLimitExceeded',
    'RequestLimitExceeded.GlobalRegionUinLimitExceeded',
    'RequestLimitExceeded.IPLimitExceeded',
    'RequestLimitExceeded.UinLimitExceeded',
  ],
  clock: ['AuthFailure.SignatureExpire'],
  unauthorized: [
    'AuthFailure.InvalidAuthorization',
    'AuthFailure.InvalidSecretId',
    'AuthFailure.MFAFailure',
    'AuthFailure.SecretIdNotFound',
    'AuthFailure.SignatureFailure',
    'AuthFailure.TokenFailure',
    'AuthFailure.UnauthorizedOperation',
    'IpInBlacklist',
    'IpNotInWhitelist',
    'UnauthorizedOperation',
  ],
  unknownTask: ['ResourceNotFound'],
  rejected: [
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
    'ResponseSizeLimitExceeded',
    'UnknownParameter',
    'UnsupportedOperation',
    'UnsupportedProtocol',
    'UnsupportedRegion',
  ],
  transient: ['FailedOperation', 'InternalError', 'ResourceInUse', 'ResourceUnavailable', 'ServiceUnavailable'],
};

/** The codes of the redis product that differ from others with their first segment. */
const REDIS_BY_CODE: Readonly<Record<string, TencentErrorClass>> = {
  'FailedOperation.FlowNotExists': 'unknownTask',
  'InternalError.CamAuthOssResponseReturnCodeError': 'unauthorized',
  'InternalError.InstanceNotFoundError': 'unknownTask',
  'InternalError.InstanceOperatePermissionError': 'unauthorized',
  'InvalidParameter.InvalidParameter': 'unknownTask',
  'InvalidParameter.PermissionDenied': 'unauthorized',
  'ResourceUnavailable.InstanceDeleted': 'rejected',
  'ResourceUnavailable.InstanceIsolated': 'rejected',
};

/** The class of all other redis codes. */
const REDIS_BY_FIRST_SEGMENT: Readonly<Record<string, TencentErrorClass>> = {
  AuthFailure: 'unauthorized',
  FailedOperation: 'transient',
  InternalError: 'transient',
  InvalidParameter: 'rejected',
  InvalidParameterValue: 'rejected',
  LimitExceeded: 'rejected',
  ResourceInUse: 'transient',
  ResourceInsufficient: 'rejected',
  ResourceNotFound: 'unknownTask',
  ResourceUnavailable: 'transient',
  UnauthorizedOperation: 'unauthorized',
  UnsupportedOperation: 'rejected',
};

describe('classifyErrorCode', () => {
  const common = Object.entries(COMMON).flatMap(([errorClass, codes]) => codes.map((code) => [code, errorClass]));
  test.each(common)('takes the common code %s as %s', (code = '', errorClass = '') => {
    expect(classifyErrorCode(code)).toBe(errorClass);
  });

  const redis = fixture.codes.map((code) => [
    code,
    REDIS_BY_CODE[code] ?? REDIS_BY_FIRST_SEGMENT[code.split('.')[0] ?? ''],
  ]);
  test.each(redis)('takes the redis code %s as %s', (code = '', errorClass) => {
    expect(errorClass).toBeDefined();
    expect(classifyErrorCode(code)).toBe(errorClass);
  });

  test('knows the codes that the product documents, all 112 of them', () => {
    expect(fixture.codes).toHaveLength(112);
    expect(fixture.codes).toEqual(expect.arrayContaining(Object.keys(REDIS_BY_CODE)));
  });

  test.each([
    'SomethingNew',
    'SomethingNew.Sub',
    'internalerror',
    '',
    '.',
    'constructor',
    '__proto__',
    'toString.x',
    'HttpStatus.502',
  ])('takes the unknown code %j as transient: it must not end a wait', (code) => {
    expect(classifyErrorCode(code)).toBe('transient');
  });

  test.each([
    ['InvalidParameter.SomethingNew', 'rejected'],
    ['RequestLimitExceeded.SomethingNew', 'throttled'],
    ['AuthFailure.SomethingNew', 'unauthorized'],
    ['ResourceNotFound.SomethingNew', 'unknownTask'],
    ['ResourceUnavailable.SomethingNew', 'transient'],
    ['InvalidParameter.PermissionDenied.Deeper', 'rejected'],
  ])('takes %s by its first segment as %s', (code, errorClass) => {
    expect(classifyErrorCode(code)).toBe(errorClass);
  });
});
