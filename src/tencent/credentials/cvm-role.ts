import { withAgents } from '../agents.js';
import { TencentApiError } from '../errors.js';
import { exchange, type HttpAnswer, transientError } from '../http.js';
import { field, parseJson, textOf } from '../json.js';
import type { ExpiringSource } from './provider.js';
import { readTemporaryKey } from './temporary-key.js';

/** Where a virtual machine of Tencent Cloud asks about itself. Plain HTTP: the address never leaves the machine's host. */
export const METADATA_ENDPOINT = new URL('http://metadata.tencentyun.com');

const PATH = '/latest/meta-data/cam/security-credentials/';
const TIMEOUT_MS = 2_000;

/** A role's name, and nothing that some other server might answer in this place. */
const ROLE_NAME = /^[\w+=,.@-]{1,128}$/;

/**
 * The role that is bound to the virtual machine (CVM).
 *
 * Nothing tells whether there should be one. So where the metadata service cannot be reached, or knows of no role, there
 * is nothing here; where one is required, or once it has given credentials, the same is an error that passes.
 *
 * @see https://cloud.tencent.com/document/product/598/85616
 */
export function cvmRole(endpoint: URL = METADATA_ENDPOINT, { required = false } = {}): ExpiringSource {
  let isThere = required;
  return {
    lookedFor: `a role of this virtual machine (CVM) at ${endpoint.origin}`,
    async find() {
      const role = await roleName(endpoint).catch((error: unknown) => {
        if (isThere || isOutOfOrder(error)) throw error;
      });
      if (role === undefined) return undefined;
      const answer = parseJson((await get(endpoint, `${PATH}${encodeURIComponent(role)}`)).body);
      const code = textOf(field(answer, 'Code')) ?? 'no Code';
      if (code !== 'Success') {
        const message = `The metadata service has no credentials for role ${role}: it answered ${code.slice(0, 100)}`;
        throw transientError('InvalidResponse', message);
      }
      const credential = readTemporaryKey(answer, field(answer, 'ExpiredTime'), 'The metadata service');
      isThere = true;
      return credential;
    },
  };
}

async function roleName(endpoint: URL): Promise<string> {
  const { body } = await get(endpoint, PATH);
  const name = body.trim();
  if (!ROLE_NAME.test(name)) throw transientError('InvalidResponse', 'The metadata service answered without a role');
  return name;
}

async function get(endpoint: URL, path: string): Promise<HttpAnswer> {
  const url = new URL(path, endpoint);
  const answer = await withAgents(url, (agents) => exchange({ method: 'GET', url, timeoutMs: TIMEOUT_MS, agents }));
  if (answer.status === 200) return answer;
  throw transientError(`HttpStatus.${answer.status}`, `The metadata service answered HTTP ${answer.status} at ${path}`);
}

/** The service is there and has a fault, which no machine without one can have. */
function isOutOfOrder(error: unknown): boolean {
  return error instanceof TencentApiError && error.code.startsWith('HttpStatus.5');
}
