import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { receive, type ReceivedRequest } from './received-request.js';
import type { Reply } from './reply.js';

/** The connection of a call. */
export interface Connection {
  readonly id: number;
  /** Requests on it so far, with the present one. */
  readonly requests: number;
}

/** Answers a call; `gone` fires when the client has closed the connection, and rejects what waits for it. */
export type Answer = (request: ReceivedRequest, connection: Connection, gone: AbortSignal) => Promise<Reply>;

// Above the 32 KB that the API takes in a GET, so that the API's error is the one that is seen.
const MAX_HEADER_BYTES = 64 * 1024;

/** Starts the HTTP server. Bytes that are no HTTP are answered by Node itself with a 400, and end their connection. */
export async function listen(
  where: { readonly host: string; readonly port: number; readonly keepAliveTimeoutMs: number },
  answer: Answer,
  serverDate: () => Date,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const connections = new WeakMap<Socket, Connection>();
  let connected = 0;
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (message, response) => {
    const before = connections.get(message.socket) ?? { id: (connected += 1), requests: 0 };
    const connection = { ...before, requests: before.requests + 1 };
    connections.set(message.socket, connection);
    response.setHeader('Date', serverDate().toUTCString());
    void serve(message, response, connection, answer);
  });
  server.keepAliveTimeout = where.keepAliveTimeoutMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, resolve);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, close: () => close(server) };
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  connection: Connection,
  answer: Answer,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    send(message, response, await answer(await receive(message), connection, gone.signal));
  } catch {
    // The client has gone, in the middle of its request or while it was kept waiting.
    message.socket.destroy();
  }
}

function send(message: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (reply.wire === 'reset') {
    message.socket.resetAndDestroy();
    return;
  }
  const body = Buffer.from(reply.body);
  response.writeHead(reply.httpStatus, { 'Content-Length': body.length, ...reply.headers });
  if (reply.wire === 'cutOff') {
    response.write(body.subarray(0, body.length / 2), () => message.socket.destroy());
  } else {
    response.end(body);
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
