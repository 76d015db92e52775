import { request, type Agent } from 'node:http';
import { signTc3 } from '../../src/tencent/sign.js';
import { SIMULATOR_CREDENTIAL, type SimulatorCredential } from '../support/simulator.js';

/** What a test changes in an otherwise correct call. */
export interface CallChanges {
  readonly method?: string;
  readonly path?: string;
  readonly action?: string;
  readonly body?: string | Buffer;
  readonly credential?: SimulatorCredential;
  readonly timestampS?: number;
  readonly service?: string;
  readonly signedHeaders?: Readonly<Record<string, string>>;
  /** Headers set after signing; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  /** The body sent, when it is to be another than the one signed. */
  readonly sentBody?: string;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

export interface CallAnswer {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Makes one signed call over plain HTTP and returns what came back, unparsed. */
export function call(url: string, changes: CallChanges = {}): Promise<CallAnswer> {
  const { host } = new URL(url);
  const method = changes.method ?? 'POST';
  const path = changes.path ?? '/';
  const payload = changes.body ?? (method === 'POST' ? '{"TaskId":18215}' : '');
  const timestampS = changes.timestampS ?? Math.floor(Date.now() / 1000);
  const contentType = method === 'GET' ? 'application/x-www-form-urlencoded' : 'application/json';
  const credential = changes.credential ?? SIMULATOR_CREDENTIAL;
  const { authorization } = signTc3(
    {
      method: method === 'GET' ? 'GET' : 'POST',
      service: changes.service ?? 'redis',
      query: path.split('?')[1] ?? '',
      headers: { 'content-type': contentType, host, ...changes.signedHeaders },
      payload,
    },
    credential,
    timestampS,
  );
  const headers: Record<string, string | string[] | undefined> = {
    host,
    'content-type': contentType,
    authorization,
    'x-tc-action': changes.action ?? 'DescribeTaskInfo',
    'x-tc-version': '2018-04-12',
    'x-tc-timestamp': String(timestampS),
    'x-tc-region': 'ap-guangzhou',
    ...(credential.token !== undefined && { 'x-tc-token': credential.token }),
    ...changes.signedHeaders,
    ...changes.headers,
  };
  return send(`${url}${path}`, method, headers, changes.sentBody ?? payload, changes);
}

/** The fields of `Response`. */
export async function callJson(url: string, changes: CallChanges = {}): Promise<Record<string, unknown>> {
  const { text } = await call(url, changes);
  return (JSON.parse(text) as { Response: Record<string, unknown> }).Response;
}

/** Code and text of the error, or undefined when the call succeeded. */
export async function callError(url: string, changes: CallChanges = {}): Promise<[string, string] | undefined> {
  const { Error: error } = (await callJson(url, changes)) as { Error?: { Code: string; Message: string } };
  return error && [error.Code, error.Message];
}

function send(
  url: string,
  method: string,
  headers: Record<string, string | string[] | undefined>,
  body: string | Buffer,
  { agent, signal }: CallChanges,
): Promise<CallAnswer> {
  const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: present, agent, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          httpStatus: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
