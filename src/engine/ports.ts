import { createServer } from 'node:net';

/**
 * The preferred port when it is free, any free one otherwise. Asked for before a server starts, because a client that
 * waits for its own server on a taken port would be answered by a stranger's, and never notice.
 */
export async function freePort(ip: string, preferred?: number): Promise<number> {
  if (preferred !== undefined) {
    const port = await bind(ip, preferred).catch(() => undefined);
    if (port !== undefined) return port;
  }
  return bind(ip, 0);
}

/** Two different free ports, each as preferred when possible. */
export async function freePorts(ip: string, first?: number, second?: number): Promise<[number, number]> {
  const one = await freePort(ip, first);
  let other = await freePort(ip, second);
  while (other === one) other = await freePort(ip);
  return [one, other];
}

function bind(ip: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: ip, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error(`no port on ${ip}`));
      });
    });
  });
}
