/** A server that gives one answer to everything: started with `fork`, it sends its port to its parent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const answer = JSON.stringify({
  Response: {
    ...{ Status: 'running', TaskType: '034', InstanceId: 'crs-09u2u96z', TaskMessage: '' },
    ...{ StartTime: '2018-11-01 17:25:14', RequestId: '81120ab8-b6d5-4f1e-9e3e-f7c5ab0dc1b7' },
  },
});
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, headers).end(answer));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
