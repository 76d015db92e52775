import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 120_000;

/** Waits until somebody listens there, which is what the compose file's health checks ask. */
export async function listens(host: string, port: number): Promise<void> {
  const startedAt = Date.now();
  while (Date.now() - startedAt < LIMIT_MS) {
    const socket = connect(port, host);
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
  throw new Error(`Nobody listens on ${host}:${port} after ${LIMIT_MS / 1_000} s`);
}
