// Whatever is sent to the simulator, it answers as the API does, or breaks that connection, and goes on.
import { once } from 'node:events';
import { connect } from 'node:net';
import fc, { type Arbitrary } from 'fast-check';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { call, callJson, type CallChanges } from '../testing/signed-call.js';
import { anyJson, anyText, oddText } from './arbitraries.js';
import { forCases } from './cases.js';
import { heapAfterGc } from './memory.js';

/** What Node's client lets through in a header. */
const headerText = oddText.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, ''));
const headerName = fc.oneof(
  fc.constantFrom('authorization', 'x-tc-action', 'x-tc-version', 'x-tc-timestamp', 'x-tc-region', 'x-tc-token'),
  fc.constantFrom('content-type', 'x-tc-language', 'x-tc-nonsense', 'content-encoding', 'expect-ct'),
);
const headers = fc.dictionary(headerName, fc.oneof(headerText, fc.array(headerText, { minLength: 2, maxLength: 3 })), {
  maxKeys: 2,
  noNullPrototype: true,
});
const body: Arbitrary<string | Buffer> = fc.oneof(
  anyJson.map((value) => JSON.stringify(value)),
  anyJson.map((value) => JSON.stringify({ TaskId: value })),
  fc.tuple(oddText, anyJson).map(([name, value]) => JSON.stringify({ TaskId: 18215, [name]: value })),
  anyText,
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
);
/** A signed call with one or two things wrong. */
const changes: Arbitrary<CallChanges> = fc.oneof(
  body.map((each) => ({ body: each })),
  headers.map((each) => ({ headers: each })),
  fc.record({ body, headers }),
  fc.record({ action: fc.constantFrom('ClearInstance', 'ManualBackupInstance', 'DescribeTaskInfo', 'toString'), body }),
  fc.record({ timestampS: fc.integer({ min: 0, max: 8_640_000_000_000 }) }),
  fc.record({ method: fc.constantFrom('GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH') }),
  fc.record({ method: fc.constant('GET'), path: fc.webQueryParameters().map((query) => `/?${query}`) }),
  fc.record({ path: fc.webPath().map((each) => `/${each}`) }),
);
/** Bytes that are nearly a request. */
const wire: Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom('POST / HTTP/1.1', 'GET /?Action=x HTTP/1.1', 'PRI * HTTP/2.0', ''), fc.array(oddText), body)
  .map(([start, lines, payload]) =>
    Buffer.concat([Buffer.from([start, 'Host: x', ...lines, '', ''].join('\r\n'), 'latin1'), Buffer.from(payload)]),
  );

let simulator: RedisApiSimulator;
const outcomes = new Set<string>();

beforeAll(async () => {
  simulator = await RedisApiSimulator.start({ requestsPerSecond: false, keepCalls: 100 });
  simulator.addTask(18215, { timeline: [{ status: 'running' }] });
});
afterEach(async () => {
  await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'running' });
});
afterAll(() => simulator.close());

async function check(each: CallChanges): Promise<void> {
  const { httpStatus, text } = await call(simulator.url, each);
  if (httpStatus !== 200) {
    // Node's own answers, and the gateway's page for another path.
    expect([400, 404, 431]).toContain(httpStatus);
    return;
  }
  const { Response, ...more } = JSON.parse(text || '{"Response":{}}') as { Response: Record<string, unknown> };
  const { Error: error, RequestId: requestId } = Response as { Error?: Record<string, unknown>; RequestId?: string };
  expect(more).toEqual({});
  expect(requestId).toMatch(/^[\da-f-]{36}$/);
  if (error) {
    expect(error).toEqual({
      Code: expect.stringMatching(/^\w+(\.\w+)?$/) as string,
      Message: expect.any(String) as string,
    });
    outcomes.add(String(error['Code']));
  } else {
    outcomes.add('ok');
  }
}

test('any call gets an answer in the envelope of the API', async () => {
  await forCases(changes, 1, check);

  expect([...outcomes]).toEqual(expect.arrayContaining(['ok', 'UnknownParameter', 'InvalidParameter']));
});

test('any bytes end their own connection, and no other', async () => {
  const { hostname, port } = new URL(simulator.url);
  await forCases(wire, 0.3, async (bytes) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    socket.end(bytes);
    await once(socket, 'close');
  });
});

test('memory stays flat', async () => {
  await forCases(changes, 0.1, check);
  const before = heapAfterGc();
  await forCases(changes, 0.2, check);

  expect(heapAfterGc() - before).toBeLessThan(8 * 1024 * 1024);
});
