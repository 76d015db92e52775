import {
  findSearchAttributesProblem,
  SEARCH_ATTRIBUTE_NAMES,
  searchAttributesProblem,
} from '../../src/contract/search-attributes.js';

const TEXT = 1;
const KEYWORD = 2;
const ALL = Object.fromEntries(SEARCH_ATTRIBUTE_NAMES.map((name) => [name, KEYWORD]));

test('a namespace that has all search attributes of a wait is no problem, whatever else it has', () => {
  expect(searchAttributesProblem('default', { ...ALL, Team: TEXT })).toBeUndefined();
});

test('the missing ones are named, and how to register them', () => {
  const problem = searchAttributesProblem('default', { RedisRegion: KEYWORD });

  expect(problem).toContain(
    'Namespace default does not have the search attributes RedisTaskStatus, RedisInstanceId, RedisTaskOutcome,',
  );
  expect(problem).toMatch(/waits go on without them\. Register them with redis-task setup, then restart the worker$/);
});

test('a namespace without the outcome, which waits can do without, is no problem', () => {
  const others = Object.fromEntries(Object.entries(ALL).filter(([name]) => name !== 'RedisTaskOutcome'));

  expect(searchAttributesProblem('default', others)).toBeUndefined();
});

test('one of another type is named, since setup will not change it', () => {
  const problem = searchAttributesProblem('default', { ...ALL, RedisTaskStatus: TEXT });

  expect(problem).toContain('has RedisTaskStatus with another type than Keyword');
  expect(problem).toContain('have them removed');
});

test('the server is asked for the attributes of the namespace, on its own service', async () => {
  const service = {
    asked: '',
    listSearchAttributes({ namespace }: { namespace: string }) {
      this.asked = namespace;
      return Promise.resolve({ customAttributes: {} });
    },
  };

  await expect(findSearchAttributesProblem(service, 'pipelines')).resolves.toContain('Namespace pipelines');
  expect(service.asked).toBe('pipelines');
});
