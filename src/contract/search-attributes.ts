import { defineSearchAttributeKey } from '@temporalio/common';
import { KEYWORD } from './temporal-enums.js';

/** The search attributes of a wait. A namespace has them once `redis-task setup` has registered them. */
export const STATUS = defineSearchAttributeKey('RedisTaskStatus', 'KEYWORD');
export const REGION = defineSearchAttributeKey('RedisRegion', 'KEYWORD');
export const INSTANCE_ID = defineSearchAttributeKey('RedisInstanceId', 'KEYWORD');
/** How the wait ended: `succeeded`, `cancelled` or the type of its failure. */
export const OUTCOME = defineSearchAttributeKey('RedisTaskOutcome', 'KEYWORD');

/** Those without which waits have none. */
const REQUIRED = [STATUS, REGION, INSTANCE_ID].map(({ name }) => name);

export const SEARCH_ATTRIBUTE_NAMES = [...REQUIRED, OUTCOME.name];

/** Which search attributes the waits of a worker have. */
export type WrittenAttributes = boolean | 'withoutOutcome';

/** The custom search attributes of a namespace, each with the number of its type. */
export type RegisteredAttributes = Readonly<Record<string, unknown>>;

/** The search attributes of a wait that a namespace does not have. */
export function missingSearchAttributes(registered: RegisteredAttributes): string[] {
  return SEARCH_ATTRIBUTE_NAMES.filter((name) => registered[name] === undefined);
}

/** Those that it has with another type than Keyword. */
export function mistypedSearchAttributes(registered: RegisteredAttributes): string[] {
  return SEARCH_ATTRIBUTE_NAMES.filter((name) => registered[name] !== undefined && registered[name] !== KEYWORD);
}

/**
 * Why the waits of a worker with `REDIS_TASK_SEARCH_ATTRIBUTES=true` go on without search attributes, and what to do;
 * undefined when they have them.
 */
export function searchAttributesProblem(namespace: string, registered: RegisteredAttributes): string | undefined {
  const missing = missingSearchAttributes(registered);
  const mistyped = mistypedSearchAttributes(registered);
  if (![...missing, ...mistyped].some((name) => REQUIRED.includes(name))) return undefined;
  const problems = [
    ...(missing.length > 0 ? [`does not have the search attributes ${missing.join(', ')}`] : []),
    ...(mistyped.length > 0 ? [`has ${mistyped.join(', ')} with another type than Keyword`] : []),
  ];
  const advice =
    mistyped.length > 0
      ? 'Leave REDIS_TASK_SEARCH_ATTRIBUTES unset, or have them removed and run: redis-task setup'
      : 'Register them with redis-task setup, then restart the worker';
  return `Namespace ${namespace} ${problems.join(' and ')}, while REDIS_TASK_SEARCH_ATTRIBUTES=true: waits go on without them. ${advice}`;
}

/** What a connection of the client or of a worker has. */
export interface OperatorService {
  listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes: RegisteredAttributes }>;
}

/** Asks the server for the {@link searchAttributesProblem} of a namespace. @throws the gRPC error of a server that refuses */
export async function findSearchAttributesProblem(
  service: OperatorService,
  namespace: string,
): Promise<string | undefined> {
  const { customAttributes } = await service.listSearchAttributes({ namespace });
  return searchAttributesProblem(namespace, customAttributes);
}
