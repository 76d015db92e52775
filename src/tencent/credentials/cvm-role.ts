import { TencentApiError, transientError } from '../errors.js';
import { exchange } from '../http.js';
import { parseJson, textField } from '../json.js';
import type { ExpiringSource } from './provider.js';
import { readTemporaryKey } from './temporary-keys.js';

const PATH = '/latest/meta-data/cam/security-credentials/';
const TIMEOUT_MS = 2_000;
const ROLE_NAME = /^[\w+=,.@-]{1,128}$/;

/**
 * The role that is bound to the virtual machine (CVM).
 *
 * If the metadata service cannot be reached, or knows no role, there is nothing here. That is a transient error if a
 * role is required, or was there before.
 *
 * @see https://cloud.tencent.com/document/product/598/85616
 */
export function cvmRole(endpoint: URL, { required = false } = {}): ExpiringSource {
  let expected = required;
  return {
    lookedFor: `a role of this virtual machine (CVM) at ${endpoint.origin}`,
    async find() {
      const role = await roleName(endpoint).catch((error: unknown) => {
        // A service that answers 5xx is there, and so is its machine.
        const isFault = error instanceof TencentApiError && error.code.startsWith('HttpStatus.5');
        if (expected || isFault) throw error;
      });
      if (role === undefined) return undefined;
      const answer = parseJson(await get(endpoint, `${PATH}${encodeURIComponent(role)}`));
      const code = textField(answer, 'Code') ?? 'no Code';
      if (code !== 'Success') {
        const message = `The metadata service has no credentials for role ${role}: it answered ${code.slice(0, 100)}`;
        throw transientError('InvalidResponse', message);
      }
      const credential = readTemporaryKey(answer, 'The metadata service');
      expected = true;
      return credential;
    },
  };
}

async function roleName(endpoint: URL): Promise<string> {
  const name = (await get(endpoint, PATH)).trim();
  if (!ROLE_NAME.test(name)) throw transientError('InvalidResponse', 'The metadata service answered without a role');
  return name;
}

async function get(endpoint: URL, path: string): Promise<string> {
  const { status, body } = await exchange({ method: 'GET', url: new URL(path, endpoint), timeoutMs: TIMEOUT_MS });
  if (status === 200) return body;
  throw transientError(`HttpStatus.${status}`, `The metadata service answered HTTP ${status} at ${path}`);
}
