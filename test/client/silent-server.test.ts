// A server that takes connections and never answers.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { cancelWait } from '../../src/client/wait-handle.js';

test('a cancellation that Temporal does not answer is no confirmed request, and takes its five seconds', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const connection = Connection.lazy({ address: `127.0.0.1:${(silent.address() as AddressInfo).port}` });
  const own = new Client({ connection });
  // Else the SDK waits and tries again for longer than a test may take.
  await expect(cancelWait(own, own.workflow.getHandle('a-wait'))).rejects.toThrow();
  for (const socket of sockets) socket.destroy();
  silent.close();
});
