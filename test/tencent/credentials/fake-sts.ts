import type { TencentCredential } from '../../../src/tencent/credentials/provider.js';
import { signTc3 } from '../../../src/tencent/sign.js';
import type { ReceivedRequest } from '../../../src/testing/http-server.js';
import { type FakeAnswer, type Loopback, loopback } from './loopback.js';

/** A Security Token Service: checks who calls, and gives a new key each time, good for `lifeMs`. */
export interface FakeSts extends Loopback {
  /** The keys that may call AssumeRole. */
  accepted: TencentCredential[];
  /** The token that AssumeRoleWithWebIdentity takes. */
  webIdentityToken: string;
  lifeMs: number;
  /** Said instead of the right answer. */
  instead: FakeAnswer | undefined;
  /** How many keys it has given. */
  readonly keys: number;
  /** The parameters of each call, refused ones too. */
  readonly params: readonly Record<string, unknown>[];
}

export async function fakeSts(now: () => number): Promise<FakeSts> {
  const state = {
    accepted: [] as TencentCredential[],
    webIdentityToken: 'eyJ.first.token',
    lifeMs: 7_200_000,
    instead: undefined as FakeAnswer | undefined,
    keys: 0,
    params: [] as Record<string, unknown>[],
  };
  const server = await loopback((request) => {
    const params = JSON.parse(request.body?.toString() ?? '') as Record<string, unknown>;
    state.params.push(params);
    if (state.instead) return state.instead;
    const refused = refusal(request, params, state, now());
    if (refused !== undefined) return stsError(refused);
    state.keys += 1;
    return envelope({
      Credentials: {
        Token: `stsToken${state.keys}`,
        TmpSecretId: `AKIDsts${state.keys}`,
        TmpSecretKey: `stsSecretKey${state.keys}`,
      },
      ExpiredTime: Math.floor((now() + state.lifeMs) / 1000),
      Expiration: new Date(now() + state.lifeMs).toISOString(),
    });
  }, now);
  return Object.assign(state, server);
}

/** An error in the API's envelope. */
export function stsError(code: string, message = `refused with ${code}`): FakeAnswer {
  return envelope({ Error: { Code: code, Message: message } });
}

export function envelope(fields: Record<string, unknown>): FakeAnswer {
  return { body: JSON.stringify({ Response: { ...fields, RequestId: 'sts-request-1' } }) };
}

function refusal(
  request: ReceivedRequest,
  params: Record<string, unknown>,
  { accepted, webIdentityToken }: Pick<FakeSts, 'accepted' | 'webIdentityToken'>,
  nowMs: number,
): string | undefined {
  if (request.header('x-tc-version') !== '2018-08-13') return 'NoSuchVersion';
  if (!/^[a-z]+(-[a-z]+)+$/.test(request.header('x-tc-region') ?? '')) return 'MissingParameter';
  if (!params['RoleArn'] || !params['RoleSessionName']) return 'MissingParameter';
  const authorization = request.header('authorization') ?? '';
  switch (request.header('x-tc-action')) {
    case 'AssumeRoleWithWebIdentity':
      if (authorization !== 'SKIP' || request.header('x-tc-token') !== undefined) return 'AuthFailure.SignatureFailure';
      if (!params['ProviderId']) return 'MissingParameter';
      return params['WebIdentityToken'] === webIdentityToken ? undefined : 'InvalidParameter.WebIdentityTokenError';
    case 'AssumeRole': {
      const timestampS = Number(request.header('x-tc-timestamp'));
      if (Math.abs(timestampS - nowMs / 1000) > 300) return 'AuthFailure.SignatureExpire';
      const caller = accepted.find(({ secretId }) => authorization.includes(`Credential=${secretId}/`));
      if (!caller) return 'AuthFailure.SecretIdNotFound';
      if (request.header('x-tc-token') !== caller.token) return 'AuthFailure.TokenFailure';
      const headers = { host: request.header('host') ?? '', 'content-type': request.header('content-type') ?? '' };
      const expected = signTc3(
        { method: 'POST', service: 'sts', headers, payload: request.body ?? '' },
        caller,
        timestampS,
      );
      return authorization === expected.authorization ? undefined : 'AuthFailure.SignatureFailure';
    }
    default:
      return 'InvalidAction';
  }
}
