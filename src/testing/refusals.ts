/** An error of the API itself: it is answered in the envelope, with HTTP status 200. */
export class ApiRefusal extends Error {
  constructor(
    readonly code: string,
    message: string = ENGLISH[code] ?? `The request was refused with ${code}.`,
    readonly messageZh: string | undefined = CHINESE[code],
  ) {
    super(message);
  }
}

export const missingParameter = (name: string) =>
  new ApiRefusal('MissingParameter', `The request is missing a required parameter \`${name}\`.`);

export const invalidType = (name: string) =>
  new ApiRefusal('InvalidParameter', `The value type of parameter \`${name}\` is not valid.`);

export const tooManyRequests = (count: number, limit: number) =>
  new ApiRefusal(
    'RequestLimitExceeded',
    `Your current request times equals to \`${count}\` in a second, which exceeds the frequency limit \`${limit}\` for a second. Please reduce the frequency of calls.`,
    `您当前每秒请求 \`${count}\` 次，超过了每秒频率上限 \`${limit}\`，请稍后重试。`,
  );

/**
 * The API's own texts, from answers of the live API, its documentation and issues. Clients must not depend on them:
 * Tencent changes them.
 */
const ENGLISH: Readonly<Record<string, string>> = {
  'AuthFailure.SecretIdNotFound': 'The SecretId is not found, please ensure that your SecretId is correct.',
  'AuthFailure.SignatureExpire': 'The signature is expired, please request again.',
  'AuthFailure.SignatureFailure':
    'The provided credentials could not be validated. Please check your signature is correct.',
  'AuthFailure.TokenFailure': 'Token verification failed. Please check your Token is correct.',
  'AuthFailure.InvalidAuthorization': 'The format of the `Authorization` header is not valid.',
  'AuthFailure.UnauthorizedOperation':
    'You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using the correct access keys. ' +
    '[[request id:0]you are not authorized to perform operation (redis:DescribeTaskInfo)\nresource (*) has no permission\n].',
  'FailedOperation.SystemError': 'Internal system error, unrelated to the business.',
  InternalError: 'An internal error has occurred. Retry your request, but if the problem persists, contact us.',
  InvalidAction: 'The request `Action` is invalid or not found.',
  'InvalidParameter.InvalidParameter': 'The business parameter is not valid.',
  'InvalidParameter.PermissionDenied': 'The interface has no CAM permission.',
  InvalidParameterValue: 'A value specified in `X-TC-Region` is not valid, is unsupported, or cannot be used.',
  RequestLimitExceeded: tooManyRequests(21, 20).message,
  RequestSizeLimitExceeded: 'The request size exceeds the upper limit.',
  UnsupportedProtocol: 'The HTTP(S) request method is not supported; only GET and POST requests are.',
  UnsupportedRegion: 'The action not support this region.',
};

const CHINESE: Readonly<Record<string, string>> = {
  'AuthFailure.SignatureFailure': '请求签名验证失败，请检查您的签名计算是否正确。',
  InternalError: '内部服务错误，请稍后重试。',
};
