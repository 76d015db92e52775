import { randomUUID } from 'node:crypto';
import type { FaultAt } from './faults.js';
import type { ApiRefusal } from './refusals.js';

/** What is sent back, and how the call log names it. */
export interface Reply {
  readonly outcome: string;
  readonly requestId?: string;
  /** The task that the call created. */
  readonly taskId?: string;
  /** The status that the answer shows. */
  readonly status?: string;
  /** `reset` and `hang` send nothing; `cutOff` breaks the connection half-way through the body. */
  readonly wire: 'answer' | 'cutOff' | 'reset' | 'hang';
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Fields = Readonly<Record<string, unknown>>;

const PLAIN = { wire: 'answer', httpStatus: 200, headers: { 'Content-Type': 'application/json' }, body: '' } as const;

/** The API's envelope around the fields of a success; a `TaskId` among them is the task that the call created. */
export function success(fields: Readonly<Record<string, string | number>>): Reply {
  const { TaskId: created, Status: status } = fields;
  return {
    ...enveloped('ok', fields),
    ...(created !== undefined && { taskId: String(created) }),
    ...(status !== undefined && { status: String(status) }),
  };
}

/** The API's envelope around an error, with HTTP status 200 like the API. */
export function refused({ code, message, messageZh }: ApiRefusal, language: string | undefined): Reply {
  return enveloped(code, { Error: { Code: code, Message: language === 'zh-CN' ? (messageZh ?? message) : message } });
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
      const { Response } = JSON.parse(reply.body) as { Response: Fields };
      const { status, message = Response['TaskMessage'] } = fault;
      const fields = { ...Response, Status: status, TaskMessage: message };
      return { ...reply, status, body: JSON.stringify({ Response: fields }) };
    }
    case 'missingStatus':
      return { ...spoiled, body: JSON.stringify({ Response: { RequestId: reply.requestId } }) };
    case 'truncated':
      return { ...spoiled, body: reply.body.slice(0, reply.body.length / 2) };
    case 'cutOff':
      return { ...spoiled, wire: 'cutOff' };
    case 'lostAnswer':
      return { ...spoiled, wire: 'reset' };
  }
}

function enveloped(outcome: string, fields: Fields): Reply {
  const requestId = randomUUID();
  return { ...PLAIN, outcome, requestId, body: JSON.stringify({ Response: { ...fields, RequestId: requestId } }) };
}
