import { type FakeAnswer, type Loopback, loopback } from './loopback.js';

const PATH = '/latest/meta-data/cam/security-credentials/';

/** A metadata service: gives a new key each time it is asked, good for `lifeMs`. */
export interface FakeMetadata extends Loopback {
  /** The role bound to the machine; undefined for none. */
  role: string | undefined;
  lifeMs: number;
  /** Said instead of the right answer: to everything, or only to the question for the key. */
  instead: FakeAnswer | undefined;
  insteadOfKey: FakeAnswer | undefined;
  /** How many keys it has given. */
  readonly keys: number;
}

export async function fakeMetadata(now: () => number): Promise<FakeMetadata> {
  const state = {
    role: 'RedisWaiter' as string | undefined,
    lifeMs: 7_200_000,
    instead: undefined as FakeAnswer | undefined,
    insteadOfKey: undefined as FakeAnswer | undefined,
    keys: 0,
  };
  const server = await loopback(({ method, path }) => {
    if (state.instead) return state.instead;
    if (method !== 'GET' || state.role === undefined) return { status: 404, body: '<html>Not Found</html>' };
    if (path === PATH) return { body: state.role };
    if (path !== `${PATH}${state.role}`) return { status: 404, body: '<html>Not Found</html>' };
    if (state.insteadOfKey) return state.insteadOfKey;
    state.keys += 1;
    return {
      body: JSON.stringify({
        TmpSecretId: `AKIDcvm${state.keys}`,
        TmpSecretKey: `cvmSecretKey${state.keys}`,
        Token: `cvmToken${state.keys}`,
        ExpiredTime: Math.floor((now() + state.lifeMs) / 1000),
        Expiration: new Date(now() + state.lifeMs).toISOString(),
        Code: 'Success',
      }),
    };
  });
  return Object.assign(state, server);
}
