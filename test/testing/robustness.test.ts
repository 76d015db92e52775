import { once } from 'node:events';
import { connect } from 'node:net';
import { RedisApiSimulator } from '../support/simulator.js';
import { call, callError, callJson } from './signed-call.js';

describe('a simulator', () => {
  let simulator: RedisApiSimulator;

  beforeAll(async () => {
    simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
    simulator.addTask(18215, { timeline: [{ status: 'running' }] });
  });
  afterAll(() => simulator.close());

  // Whatever came before, the simulator answers the next honest call.
  afterEach(async () => {
    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'running' });
  });

  /** Sends raw bytes and returns all that comes back until the connection is closed. */
  async function raw(bytes: string | Buffer): Promise<string> {
    const { hostname, port } = new URL(simulator.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.end(bytes);
    await once(socket, 'close');
    return Buffer.concat(chunks).toString('latin1');
  }

  test.each<[string, string | Buffer]>([
    ['bytes that are no HTTP', Buffer.from([0, 255, 22, 3, 1, 13, 10, 13, 10])],
    ['a TLS hello', Buffer.from('16030100a5010000a10303', 'hex')],
    ['a header without end', `POST / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(100_000)}`],
    ['a lying content length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n'],
    ['a second length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a broken chunk', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['no host', 'POST / HTTP/1.1\r\n\r\n'],
  ])('answers %s with a plain 400', async (_name, bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 4(00|31) /);
  });

  test.each<[string, string]>([
    ['nothing at all', ''],
    ['half a request', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'],
    ['a tunnel', 'CONNECT redis.tencentcloudapi.com:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('survives %s', async (_name, bytes) => {
    expect(await raw(bytes)).not.toContain('"Status"');
  });

  test('answers two requests sent in one breath', async () => {
    const one = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';

    expect((await raw(one + one)).match(/required parameter `Action`/g)).toHaveLength(2);
  });

  test('refuses repeated headers rather than choosing one', async () => {
    const repeated = (name: string, value: string) => callError(simulator.url, { headers: { [name]: [value, value] } });

    expect((await repeated('authorization', 'x'))?.[0]).toBe('AuthFailure.InvalidAuthorization');
    expect((await repeated('content-type', 'application/json'))?.[0]).toBe('AuthFailure.SignatureFailure');
    expect((await repeated('x-tc-action', 'DescribeTaskInfo'))?.[0]).toBe('InvalidAction');
    expect((await repeated('x-tc-region', 'ap-guangzhou'))?.[0]).toBe('InvalidParameterValue');
  });

  test('refuses JSON nested a million deep', async () => {
    const deep = `{"TaskId":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;

    expect((await callError(simulator.url, { body: deep }))?.[0]).toBe('InvalidParameter');
  });

  test('refuses a hundred thousand numbers in a moment', async () => {
    const body = JSON.stringify(
      Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`n${index}`, index])),
    );

    expect((await callError(simulator.url, { body, signal: AbortSignal.timeout(10_000) }))?.[0]).toBe(
      'UnknownParameter',
    );
  });

  test.each(['{"__proto__":1}', '{"constructor":1}', '{"TaskId":1,"TaskId ":2}'])('refuses %s', async (body) => {
    expect((await callError(simulator.url, { body }))?.[0]).toBe('UnknownParameter');
  });

  test('refuses bytes that are no UTF-8', async () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);

    expect((await callError(simulator.url, { body }))?.[0]).toBe('InvalidParameter');
  });

  test('refuses a timestamp that no calendar holds', async () => {
    const headers = { 'x-tc-timestamp': '999999999999999' };

    expect((await callError(simulator.url, { headers }))?.[0]).toBe('AuthFailure.SignatureExpire');
  });

  test('ends open connections when it is closed', async () => {
    const other = await RedisApiSimulator.start();
    other.fault({ kind: 'hang' });
    const hanging = call(other.url);
    const broken = expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' });
    await other.waitForCall(() => true);
    await other.close();

    await broken;
  });

  test('does not start on a port that is taken', async () => {
    const port = Number(new URL(simulator.url).port);

    await expect(RedisApiSimulator.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
