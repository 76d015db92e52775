import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { HttpAddress } from './config.js';

/** What the health pages show. */
export interface Health {
  /** Why the process should be restarted, in a sentence; undefined when it should not. */
  livenessProblem(): string | undefined;
  /** Why it takes no work, in a sentence; undefined when it does. */
  readinessProblem(): string | undefined;
  /** A page in Prometheus's text format. Undefined: the application has metrics of its own. */
  readonly metrics: (() => Promise<string>) | undefined;
  /** Whose pages they are: headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects when it cannot listen on the address. */
export async function serveHealth({ host, port }: HttpAddress, health: Health): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    void answer(url.split('?', 1)[0], health).then(([code, text]) =>
      response
        .writeHead(code, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', ...health.headers })
        .end(text),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  // Open connections of a scraper must not keep the process alive.
  return server.unref();
}

async function answer(path: string | undefined, health: Health): Promise<[code: number, text: string]> {
  const status = (problem: string | undefined): [number, string] =>
    problem === undefined ? [200, 'ok\n'] : [503, `${problem}\n`];
  switch (path) {
    case '/healthz':
      return status(health.livenessProblem());
    case '/readyz':
      return status(health.readinessProblem());
    case '/metrics':
      if (!health.metrics) return [404, 'The application exports the metrics of its own Temporal Runtime\n'];
      return health.metrics().then(
        (page) => [200, page],
        () => [503, 'The metrics cannot be read at the moment\n'],
      );
    default:
      return [404, 'There are /healthz, /readyz and /metrics\n'];
  }
}
