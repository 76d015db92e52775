import { defineSearchAttributeKey } from '@temporalio/common';

/** The search attributes of a wait. A namespace has them once `redis-task setup` has registered them. */
export const STATUS = defineSearchAttributeKey('RedisTaskStatus', 'KEYWORD');
export const REGION = defineSearchAttributeKey('RedisRegion', 'KEYWORD');
export const INSTANCE_ID = defineSearchAttributeKey('RedisInstanceId', 'KEYWORD');

export const SEARCH_ATTRIBUTE_NAMES = [STATUS.name, REGION.name, INSTANCE_ID.name];
