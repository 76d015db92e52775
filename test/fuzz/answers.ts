import fc, { type Arbitrary } from 'fast-check';
import { anyJson, anyText, objectText, oddText } from './arbitraries.js';

const FIELDS = ['Status', 'StartTime', 'TaskType', 'InstanceId', 'TaskMessage', 'RequestId'] as const;

const rightFields: readonly (readonly [string, unknown])[] = [
  ['Status', 'running'],
  ['StartTime', '2018-11-01 17:25:14'],
  ['TaskType', 'redis cache clearing process'],
  ['InstanceId', 'crs-09u2u96z'],
  ['TaskMessage', ''],
  ['RequestId', '81120ab8-dae2-4dd9-b346-ff2cea30c30a'],
];

/** Codes of each class, and any other. */
const code = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'InternalError',
      'RequestLimitExceeded',
      'AuthFailure.SignatureExpire',
      'AuthFailure.SecretIdNotFound',
      'InvalidParameter.InvalidParameter',
      'UnsupportedRegion',
      '__proto__',
      'toString.constructor',
    ),
  },
  { weight: 1, arbitrary: anyJson },
);

/** An answer of the API with one thing wrong: a field that is something else, or there twice, or not at all. */
export const nearlyRight: Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...FIELDS), anyJson)
    .map(([name, value]) => enveloped(rightFields.map(([each, right]) => [each, each === name ? value : right]))),
  fc.tuple(fc.constantFrom(...FIELDS), anyText).map(([name, value]) => enveloped([...rightFields, [name, value]])),
  fc.tuple(oddText, anyJson).map(([name, value]) => enveloped([...rightFields, [name, value]])),
  fc.subarray([...rightFields]).map((fields) => enveloped(fields)),
  anyJson.map((value) => enveloped([['__proto__', value], ...rightFields])),
  fc.record({ Code: code, Message: anyJson }).map((error) => enveloped([['Error', error]])),
  fc.record({ Code: code, Message: anyText, More: anyJson }, { requiredKeys: ['Code'] }).chain((error) =>
    anyJson.map((requestId) =>
      enveloped([
        ['Error', error],
        ['RequestId', requestId],
      ]),
    ),
  ),
  anyJson.map((error) => enveloped([['Error', error], ...rightFields])),
  anyJson.map((response) => objectText([['Response', response]])),
  anyJson.map((value) =>
    objectText([
      ['Response', value],
      ['Response', Object.fromEntries(rightFields)],
    ]),
  ),
  anyJson.map((value) => JSON.stringify(value)),
);

function enveloped(fields: readonly (readonly [string, unknown])[]): string {
  return `{"Response":${objectText(fields)}}`;
}

/** Bodies as bytes: some are no JSON, some no UTF-8, some far too long. */
export const anyBody: Arbitrary<Buffer> = fc.oneof(
  { weight: 8, arbitrary: nearlyRight.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: nearlyRight.map((text) => Buffer.from(`\ufeff${text}`)) },
  { weight: 1, arbitrary: nearlyRight.map((text) => Buffer.from(text, 'utf16le')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(nearlyRight, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([text, share]) => Buffer.from(text.slice(0, share * text.length))),
  },
  {
    // Bytes that are no UTF-8, in the middle of a text.
    weight: 2,
    arbitrary: fc
      .tuple(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('Status', 'TaskMessage', 'Code'))
      .map(([bytes, name]) =>
        Buffer.concat([Buffer.from(`{"Response":{"Status":"running","${name}":"`), bytes, Buffer.from('"}}')]),
      ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('[', '{"a":', '{"Response":', '"'), fc.nat(20_000))
      .map(([unit, times]) => Buffer.from(unit.repeat(times))),
  },
  {
    // Around the size up to which an answer is read.
    weight: 1,
    arbitrary: fc
      .tuple(nearlyRight, fc.integer({ min: 200_000, max: 400_000 }))
      .map(([text, length]) => Buffer.from(text.padEnd(length))),
  },
);

const date = fc.constantFrom(
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'Sat, 13 Sep 275760 00:00:00 GMT',
  'Tue, 20 Apr -271821 00:00:00 GMT',
  '275760-09-13',
  'yesterday',
  '0',
);
const headerName = fc.stringMatching(/^[a-z-]{1,20}$/);
const headerLine: Arbitrary<string> = fc.oneof(
  date.map((value) => `Date: ${value}`),
  fc
    .constantFrom('text/html', 'application/json; charset=utf-16', 'application/json;'.repeat(20), '', ';;;')
    .map((value) => `Content-Type: ${value}`),
  fc.constantFrom('gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'x').map((value) => `Content-Encoding: ${value}`),
  fc.constantFrom('keep-alive', 'close', 'upgrade').map((value) => `Connection: ${value}`),
  fc.webUrl().map((url) => `Location: ${url}`),
  fc.tuple(headerName, oddText).map(([name, value]) => `${name}: ${value}`),
  oddText,
);
/** Few, or so many that no client takes them. */
const headerLines = fc.oneof(
  { weight: 9, arbitrary: fc.array(headerLine, { maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 100, max: 3_000 }).map((count) => new Array<string>(count).fill('X-Many: headers')),
  },
);

const statusLine = fc.oneof(
  { weight: 12, arbitrary: fc.constant('HTTP/1.1 200 OK') },
  { weight: 3, arbitrary: fc.integer({ min: 100, max: 999 }).map((status) => `HTTP/1.1 ${status} Odd`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('HTTP/1.0 200', 'HTTP/2 200', 'HTTP/1.1 0', 'HTTP/1.1 -1 x', '', 'ICY 200', 'SSH-2.0'),
  },
);

type Framing = 'length' | 'more' | 'less' | 'none' | 'chunked' | 'badChunks' | 'both' | 'twice' | 'noNumber';
const framing = fc.oneof(
  { weight: 10, arbitrary: fc.constant<Framing>('length') },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Framing>('more', 'less', 'none', 'chunked', 'badChunks', 'both', 'twice', 'noNumber'),
  },
);

/** Everything that comes back over the wire. */
export const anyAnswer: Arbitrary<Buffer> = fc
  .tuple(statusLine, headerLines, framing, anyBody)
  .map(([status, headers, framed, body]) => {
    const { lines, payload } = frame(framed, body);
    // Said first: the server closes its side after each answer, and a second call must not run into that.
    return Buffer.concat([
      Buffer.from([status, 'Connection: close', ...headers, ...lines, '', ''].join('\r\n')),
      payload,
    ]);
  });

function frame(framed: Framing, body: Buffer): { lines: string[]; payload: Buffer } {
  const length = `Content-Length: ${body.length}`;
  const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
  const end = Buffer.from('0\r\n\r\n');
  const chunked = 'Transfer-Encoding: chunked';
  switch (framed) {
    case 'length':
      return { lines: [length], payload: body };
    case 'more':
      return { lines: [`Content-Length: ${body.length + 7}`], payload: body };
    case 'less':
      return { lines: [`Content-Length: ${Math.floor(body.length / 2)}`], payload: body };
    case 'none':
      return { lines: [], payload: body };
    case 'chunked':
      return { lines: [chunked], payload: Buffer.concat([body.length === 0 ? Buffer.of() : chunk, end]) };
    case 'badChunks':
      return { lines: [chunked], payload: Buffer.concat([Buffer.from('zz\r\n'), body]) };
    case 'both':
      return { lines: [length, chunked], payload: Buffer.concat([chunk, end]) };
    case 'twice':
      return { lines: [length, `Content-Length: ${body.length + 1}`], payload: body };
    case 'noNumber':
      return { lines: ['Content-Length: 9e9'], payload: body };
  }
}
