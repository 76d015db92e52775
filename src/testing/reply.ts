import { randomUUID } from 'node:crypto';
import type { ApiRefusal } from './api-refusal.js';
import type { FaultOf } from './fault.js';

/** What goes back over the wire, and how the call log names it. */
export interface Reply {
  readonly outcome: string;
  readonly requestId?: string;
  /** The task that the call created. */
  readonly taskId?: string;
  /** The status that the answer tells. */
  readonly status?: string;
  /** `reset` and `hang` send nothing; `cutOff` breaks the connection half-way through the body. */
  readonly wire: 'answer' | 'cutOff' | 'reset' | 'hang';
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_HEADERS = { 'Content-Type': 'application/json' };
const HTML_HEADERS = { 'Content-Type': 'text/html' };

/** The API's envelope around the fields of a success; a `TaskId` among them is the task that the call created. */
export function success(fields: Record<string, string | number>): Reply {
  const { TaskId: created, Status: status } = fields;
  return {
    ...enveloped('ok', fields),
    ...(created !== undefined && { taskId: String(created) }),
    ...(status !== undefined && { status: String(status) }),
  };
}

/** The API's envelope around an error, with HTTP status 200 as the API has it. */
export function refusal(error: ApiRefusal, language: string | undefined): Reply {
  const message = language === 'zh-CN' ? (error.messageZh ?? error.message) : error.message;
  return enveloped(error.code, { Error: { Code: error.code, Message: message } });
}

/** The page of a gateway that has no answer of the API. */
export function htmlPage(httpStatus: number, outcome = 'fault:html'): Reply {
  const title = { 404: '404 Not Found', 502: '502 Bad Gateway', 504: '504 Gateway Time-out' }[httpStatus];
  const heading = title ?? `${httpStatus} Service Page`;
  const body = `<html>\r\n<head><title>${heading}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { outcome, wire: 'answer', httpStatus, headers: HTML_HEADERS, body };
}

/** What a fault sends while the API never sees the request. */
export function insteadOfApi(fault: FaultOf<'gateway'>): Reply {
  const outcome = `fault:${fault.kind}`;
  const plain: Reply = { outcome, wire: 'answer', httpStatus: 200, headers: JSON_HEADERS, body: '' };
  switch (fault.kind) {
    case 'html':
      return htmlPage(fault.httpStatus);
    case 'http':
      return { ...plain, httpStatus: fault.status, headers: fault.headers ?? JSON_HEADERS, body: fault.body };
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

/** What a fault makes of the API's answer. A changed status is no spoiled answer: its outcome stays `ok`. */
export function spoil(reply: Reply, fault: FaultOf<'answer'>): Reply {
  const outcome = `fault:${fault.kind}`;
  switch (fault.kind) {
    case 'status':
      return { ...reply, status: fault.status, body: withStatus(reply.body, fault.status, fault.message) };
    case 'missingStatus':
      return { ...reply, outcome, body: JSON.stringify({ Response: { RequestId: reply.requestId } }) };
    case 'truncated':
      return { ...reply, outcome, body: reply.body.slice(0, reply.body.length / 2) };
    case 'cutOff':
      return { ...reply, outcome, wire: 'cutOff' };
    case 'lostAnswer':
      return { ...reply, outcome, wire: 'reset' };
  }
}

function enveloped(outcome: string, fields: Record<string, unknown>): Reply {
  const requestId = randomUUID();
  const body = JSON.stringify({ Response: { ...fields, RequestId: requestId } });
  return { outcome, requestId, wire: 'answer', httpStatus: 200, headers: JSON_HEADERS, body };
}

function withStatus(body: string, status: string, message: string | undefined): string {
  const { Response } = JSON.parse(body) as { Response: Record<string, unknown> };
  return JSON.stringify({
    Response: { ...Response, Status: status, ...(message !== undefined && { TaskMessage: message }) },
  });
}
