// `redis-task setup` on a dev server of its own, each time in a new namespace.
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { writableSearchAttributes } from '../../src/activities/search-attributes.js';
import { SEARCH_ATTRIBUTE_NAMES } from '../../src/contract/search-attributes.js';
import { type DevServer, startDevServer } from '../../src/engine/index.js';
import { Command, type Ended, jsonLines } from './command.js';

const TEXT = 1;
const KEYWORD = 2;

let server: DevServer;
let connection: Connection;

beforeAll(async () => {
  server = await startDevServer();
  connection = await Connection.connect({ address: server.address });
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

/** A new namespace with these search attributes, by the number of their type. */
async function namespaceWith(searchAttributes: Readonly<Record<string, number>> = {}): Promise<string> {
  const namespace = `setup-${randomUUID()}`;
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  if (Object.keys(searchAttributes).length > 0) {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  }
  return namespace;
}

async function attributesOf(namespace: string): Promise<Readonly<Record<string, number>>> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.fromEntries(Object.entries(customAttributes).sort());
}

function setUp(namespace: string): Promise<Ended> {
  return new Command(['setup', '--namespace', namespace], { TEMPORAL_ADDRESS: server.address }).ended;
}

const ALL = Object.fromEntries([...SEARCH_ATTRIBUTE_NAMES].sort().map((name) => [name, KEYWORD]));

test('adds the search attributes of waits, says what to set, and changes nothing the second time', async () => {
  const namespace = await namespaceWith({ RedisRegion: KEYWORD });
  const first = await setUp(namespace);

  expect(jsonLines(first)).toEqual([
    { searchAttribute: 'RedisTaskStatus', type: 'Keyword', result: 'added' },
    { searchAttribute: 'RedisRegion', type: 'Keyword', result: 'there already' },
    { searchAttribute: 'RedisInstanceId', type: 'Keyword', result: 'added' },
    { searchAttribute: 'RedisTaskOutcome', type: 'Keyword', result: 'added' },
  ]);
  expect(first.stderr).toContain('set REDIS_TASK_SEARCH_ATTRIBUTES=true');
  expect(first.code).toBe(0);
  expect(await attributesOf(namespace)).toEqual(ALL);

  const second = await setUp(namespace);
  expect(jsonLines(second).map(({ result }) => result)).toEqual(Array(4).fill('there already'));
  expect(second.code).toBe(0);
});

test.each([
  ['all', ALL, true],
  [
    'all but the outcome',
    { RedisTaskStatus: KEYWORD, RedisRegion: KEYWORD, RedisInstanceId: KEYWORD },
    'withoutOutcome',
  ],
  ['none', {}, false],
])('a worker of a namespace that has %s finds out by itself', async (_name, attributes, written) => {
  const namespace = await namespaceWith(attributes);
  const client = new Client({ connection, namespace });

  await expect(writableSearchAttributes({ client, options: { namespace } })).resolves.toBe(written);
});

test('changes nothing when one of them has another type', async () => {
  const namespace = await namespaceWith({ RedisTaskStatus: TEXT });
  const ended = await setUp(namespace);

  expect(ended.stderr).toMatch(
    new RegExp(`^redis-task: Namespace ${namespace} has RedisTaskStatus with another type than Keyword\\. [^\n]+\n$`),
  );
  expect(jsonLines(ended)).toMatchObject([{ type: 'Error' }]);
  expect(ended.code).toBe(1);
  expect(await attributesOf(namespace)).toEqual({ RedisTaskStatus: TEXT });
});

test('says in one line why the server refuses, here since it has no room for more', async () => {
  const others = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`Other${index}`, KEYWORD]));
  const namespace = await namespaceWith(others);
  const ended = await setUp(namespace);

  expect(ended.stderr).toMatch(
    /^redis-task: Temporal refuses to register search attributes: [^\n]+\([^\n]+\)[^\n]+\n$/,
  );
  expect(jsonLines(ended)).toMatchObject([{ type: 'Error' }]);
  expect(ended.code).toBe(1);
  expect(await attributesOf(namespace)).toEqual(others);
});
