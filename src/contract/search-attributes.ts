import { defineSearchAttributeKey } from '@temporalio/common';

/** The search attributes of a wait. A namespace has them once `redis-task setup` has registered them. */
export const STATUS = defineSearchAttributeKey('RedisTaskStatus', 'KEYWORD');
export const REGION = defineSearchAttributeKey('RedisRegion', 'KEYWORD');
export const INSTANCE_ID = defineSearchAttributeKey('RedisInstanceId', 'KEYWORD');

export const SEARCH_ATTRIBUTE_NAMES = [STATUS.name, REGION.name, INSTANCE_ID.name];

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;

/** Which of them a namespace lacks, or has with another type. @param registered - its own ones, with Temporal's number of their type */
export function missingSearchAttributes(registered: Readonly<Record<string, unknown>>): string[] {
  return SEARCH_ATTRIBUTE_NAMES.filter((name) => registered[name] !== KEYWORD);
}
