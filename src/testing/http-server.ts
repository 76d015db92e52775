import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Settings } from './options.js';
import type { Reply } from './reply.js';

/** TC3 requests may carry 10 MB; more is `RequestSizeLimitExceeded`. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Above the 32 KB that the API takes in a GET, so that the API's error is seen, not Node's. */
const MAX_HEADER_BYTES = 64 * 1024;

const KEEP_ALIVE_MS = 60_000;

/** A request as it was sent: signatures cover these bytes. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** The query string exactly as sent, without `?`. */
  readonly query: string;
  /** The raw body; undefined if it was larger than the API takes. */
  readonly body: Buffer | undefined;
  /** The client runs on this machine. */
  readonly isLocal: boolean;
  /** A header by its lower-case name. Repeated headers are joined, so that none of them is trusted. */
  readonly header: (name: string) => string | undefined;
}

/** The connection of a request: its number, and whether it has carried a request before. */
export interface Connection {
  readonly id: number;
  readonly reused: boolean;
}

/** Answers a request; `gone` aborts when the client closes the connection. */
export type Answer = (request: ReceivedRequest, connection: Connection, gone: AbortSignal) => Promise<Reply>;

/** Starts the HTTP server. Node itself answers bytes that are not HTTP with a 400. */
export async function listen(
  where: Pick<Settings, 'host' | 'port'>,
  answer: Answer,
  serverDate: () => Date,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const ids = new WeakMap<Socket, number>();
  let connected = 0;
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, joinDuplicateHeaders: true }, (message, response) => {
    const reused = ids.has(message.socket);
    const id = ids.get(message.socket) ?? (connected += 1);
    ids.set(message.socket, id);
    response.setHeader('Date', serverDate().toUTCString());
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    receive(message)
      .then((request) => answer(request, { id, reused }, gone.signal))
      .then((reply) => send(message.socket, response, reply))
      // The client has gone.
      .catch(() => message.socket.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await once(server.listen(where), 'listening');
  const { address, family, port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, close };
}

/** Reads a request to its end, whatever its size: a client that is still writing would miss an early answer. */
export async function receive(message: IncomingMessage): Promise<ReceivedRequest> {
  const body = await buffer(message);
  // Through a forward proxy, the URL may be absolute.
  const [path = '', ...query] = (message.url ?? '').replace(/^https?:\/\/[^/?]*/i, '').split('?');
  return {
    method: message.method ?? '',
    path,
    query: query.join('?'),
    body: body.length <= MAX_BODY_BYTES ? body : undefined,
    isLocal: /^(::ffff:)?127\.|^::1$/.test(message.socket.remoteAddress ?? ''),
    header: (name) => message.headers[name]?.toString(),
  };
}

function send(socket: Socket, response: ServerResponse, reply: Reply): void {
  if (reply.wire === 'reset') {
    socket.resetAndDestroy();
    return;
  }
  const body = Buffer.from(reply.body);
  response.writeHead(reply.httpStatus, { 'Content-Length': body.length, ...reply.headers });
  if (reply.wire === 'cutOff') response.write(body.subarray(0, body.length / 2), () => socket.destroy());
  else response.end(body);
}
