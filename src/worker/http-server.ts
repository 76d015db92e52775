import { once } from 'node:events';
import { createServer } from 'node:http';
import type { HttpAddress } from './config.js';

/** What the health pages show. */
export interface Health {
  /** False: the process should be restarted. */
  isAlive(): boolean;
  /** Whether both Temporal workers take work. */
  isReady(): boolean;
  /** A page in Prometheus's text format. */
  metrics(): Promise<string>;
}

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects when it cannot listen on the address. */
export async function serveHealth({ host, port }: HttpAddress, health: Health): Promise<void> {
  const server = createServer(({ url = '' }, response) => {
    void answer(url.split('?', 1)[0], health).then(([code, text]) =>
      response.writeHead(code, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  // Open connections of a scraper must not keep the process alive.
  server.unref();
}

async function answer(path: string | undefined, health: Health): Promise<[code: number, text: string]> {
  const status = (isGood: boolean): [number, string] => (isGood ? [200, 'ok\n'] : [503, 'not yet\n']);
  switch (path) {
    case '/healthz':
      return status(health.isAlive());
    case '/readyz':
      return status(health.isReady());
    case '/metrics':
      return health.metrics().then(
        (page) => [200, page],
        () => [503, 'The metrics cannot be read at the moment\n'],
      );
    default:
      return [404, 'There are /healthz, /readyz and /metrics\n'];
  }
}
