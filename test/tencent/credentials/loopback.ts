import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { receive, type ReceivedRequest } from '../../../src/testing/http-server.js';

/** What a fake service does with a request; `hang` and `reset` send nothing. */
export type FakeAnswer = { readonly status?: number; readonly body: string } | 'hang' | 'reset';

/** A service on this machine, and what it was asked. */
export interface Loopback {
  readonly url: URL;
  readonly requests: readonly ReceivedRequest[];
  readonly close: () => void;
}

/** Starts a service that `answer` plays. Its `Date` header tells the time of `now`. */
export async function loopback(
  answer: (request: ReceivedRequest) => FakeAnswer,
  now: () => number = Date.now,
): Promise<Loopback> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((message, response) => {
    void receive(message).then((request) => {
      requests.push(request);
      const answered = answer(request);
      if (answered === 'hang') return;
      if (answered === 'reset') {
        message.socket.resetAndDestroy();
        return;
      }
      response.writeHead(answered.status ?? 200, { date: new Date(now()).toUTCString() }).end(answered.body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An address where no server listens. */
export async function closedPort(): Promise<URL> {
  const { url, close } = await loopback(() => 'reset');
  close();
  return url;
}
