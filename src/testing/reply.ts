import { randomUUID } from 'node:crypto';
import type { FaultAt } from './faults.js';
import type { ApiRefusal } from './refusals.js';

/** What is sent back, and how the call log names it. */
export interface Reply {
  readonly outcome: string;
  /** What the API answered, whatever became of it. */
  readonly response?: ApiFields;
  /** `reset` and `hang` send nothing; `cutOff` breaks the connection half-way through the body. */
  readonly wire: 'answer' | 'cutOff' | 'reset' | 'hang';
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The fields of a `Response`. */
export interface ApiFields {
  readonly RequestId?: string;
  readonly TaskId?: string | number;
  readonly Status?: string;
  readonly [name: string]: unknown;
}

const PLAIN = { wire: 'answer', httpStatus: 200, headers: { 'Content-Type': 'application/json' }, body: '' } as const;

/** An answer in the API's envelope. */
export function success(fields: ApiFields): Reply {
  return enveloped('ok', { ...fields, RequestId: randomUUID() });
}

/** An error in the API's envelope, with HTTP status 200 like the API. */
export function refused({ code, message, messageZh }: ApiRefusal, language: string | undefined): Reply {
  const text = language === 'zh-CN' ? (messageZh ?? message) : message;
  return enveloped(code, { Error: { Code: code, Message: text }, RequestId: randomUUID() });
}

/** A gateway's page, without an answer of the API. */
export function htmlPage(httpStatus: number, outcome = 'fault:html'): Reply {
  const titles: Record<number, string> = { 404: '404 Not Found', 502: '502 Bad Gateway', 504: '504 Gateway Time-out' };
  const title = titles[httpStatus] ?? `${httpStatus} Service Page`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { outcome, wire: 'answer', httpStatus, headers: { 'Content-Type': 'text/html' }, body };
}

/** What a fault sends while the API never sees the request. */
export function insteadOfApi(fault: FaultAt<'gateway'>): Reply {
  const plain: Reply = { ...PLAIN, outcome: `fault:${fault.kind}` };
  switch (fault.kind) {
    case 'html':
      return htmlPage(fault.httpStatus);
    case 'http':
      return { ...plain, httpStatus: fault.status, headers: fault.headers ?? plain.headers, body: fault.body };
    case 'empty':
      return plain;
    case 'missingResponse':
      return { ...plain, body: '{}' };
    case 'hang':
      return { ...plain, wire: 'hang' };
    case 'reset':
    case 'resetIdle':
      return { ...plain, wire: 'reset' };
  }
}

/** What a fault makes of the API's answer. The outcome of a changed status stays `ok`. */
export function spoil(reply: Reply, fault: FaultAt<'answer'>): Reply {
  const spoiled = { ...reply, outcome: `fault:${fault.kind}` };
  switch (fault.kind) {
    case 'status': {
      const { status, message = reply.response?.['TaskMessage'] } = fault;
      return enveloped('ok', { ...reply.response, Status: status, TaskMessage: message });
    }
    case 'missingStatus':
      return { ...spoiled, body: JSON.stringify({ Response: { RequestId: reply.response?.RequestId } }) };
    case 'truncated':
      return { ...spoiled, body: reply.body.slice(0, reply.body.length / 2) };
    case 'cutOff':
      return { ...spoiled, wire: 'cutOff' };
    case 'lostAnswer':
      return { ...spoiled, wire: 'reset' };
  }
}

function enveloped(outcome: string, response: ApiFields): Reply {
  return { ...PLAIN, outcome, response, body: JSON.stringify({ Response: response }) };
}
