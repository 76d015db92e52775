import type { IncomingMessage } from 'node:http';

/** TC3 requests may carry 10 MB; more is `RequestSizeLimitExceeded`. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** A request as it came over the wire: signatures are over these bytes, not over anything parsed. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** The query string exactly as sent, without `?`. */
  readonly query: string;
  /** The raw body; undefined when it was larger than the API takes. */
  readonly body: Buffer | undefined;
  /** A header by its lower-case name. A repeated header is joined with a comma, so that no copy of it is trusted. */
  readonly header: (name: string) => string | undefined;
}

/** Reads a request to its end. Rejects when the client goes away before. */
export async function receive(message: IncomingMessage): Promise<ReceivedRequest> {
  // A request through a forward proxy may name the whole URL.
  const [path = '', ...query] = (message.url ?? '').replace(/^https?:\/\/[^/?]*/i, '').split('?');
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index]?.toLowerCase() ?? '';
    const value = message.rawHeaders[index + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return {
    method: message.method ?? '',
    path,
    query: query.join('?'),
    body: await readBody(message),
    header: (name) => headers.get(name),
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // An oversized body is read to its end all the same: a client still writing would miss an early answer.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}
