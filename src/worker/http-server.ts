import { createServer, type RequestListener, type Server } from 'node:http';
import type { HttpAddress } from './config.js';

/** What the health pages ask. */
export interface Health {
  /** The process can still do its work; false means that it should be restarted. */
  isAlive(): boolean;
  /** Both Temporal workers take work. */
  isReady(): boolean;
  /** One page in Prometheus' text format. */
  metrics(): Promise<string>;
}

/** Serves `/healthz`, `/readyz` and `/metrics`. Rejects when the address cannot be listened on. */
export async function serveHealth(address: HttpAddress, health: Health): Promise<Server> {
  const server = createServer(listener(health));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  // A scraper that keeps its connection must not keep the process.
  server.unref();
  return server;
}

function listener(health: Health): RequestListener {
  const status = (good: boolean) => ({ code: good ? 200 : 503, text: good ? 'ok\n' : 'not yet\n' });
  return (request, response) => {
    const answer = (code: number, text: string) => {
      response.writeHead(code, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
    };
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/healthz' || path === '/readyz') {
      const { code, text } = status(path === '/healthz' ? health.isAlive() : health.isReady());
      answer(code, text);
    } else if (path === '/metrics') {
      health.metrics().then(
        (page) => answer(200, page),
        () => answer(503, 'The metrics cannot be read at the moment\n'),
      );
    } else {
      answer(404, 'There are /healthz, /readyz and /metrics\n');
    }
  };
}
