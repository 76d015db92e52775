// Pipelines in a namespace of their own: they know the endpoint, and nothing of the workers behind it.
import { NexusOperationFailure } from '@temporalio/common';
import {
  CancellationScope,
  createNexusServiceClient,
  isCancellation,
  type NexusOperationCancellationType,
} from '@temporalio/workflow';
import { decodeRedisTaskFailure, type RedisTaskFailure } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import { executeSharedRedisTaskWait, redisTasks, startSharedRedisTaskWait } from '../../src/nexus/index.js';

/** Waits together with others. */
export function shared(
  input: AwaitRedisTaskInput,
  endpoint: string,
  cancellationType?: NexusOperationCancellationType,
): Promise<RedisTaskResult> {
  return executeSharedRedisTaskWait(input, { endpoint, ...(cancellationType && { cancellationType }) });
}

/** What a caller found when a wait failed. */
export interface Caught {
  readonly names: string[];
  readonly failure: RedisTaskFailure | undefined;
}

/** Waits together with others, and tells what it caught. */
export async function catching(input: AwaitRedisTaskInput, endpoint: string): Promise<Caught> {
  try {
    await executeSharedRedisTaskWait(input, { endpoint });
  } catch (error) {
    return caught(error);
  }
  throw new TypeError('The wait did not fail');
}

/** Waits together with others, and tells what each error said when that was refused. */
export async function refused(input: AwaitRedisTaskInput, endpoint: string): Promise<string[]> {
  const messages: string[] = [];
  try {
    await executeSharedRedisTaskWait(input, { endpoint });
  } catch (error) {
    for (let each = error; each instanceof Error; each = each.cause) messages.push(each.message);
  }
  return messages;
}

/** Calls the operation by its name, as a caller without this package does. */
export async function catchingByName(input: AwaitRedisTaskInput, endpoint: string): Promise<Caught> {
  try {
    await createNexusServiceClient({ service: redisTasks, endpoint }).executeOperation('awaitTask', input);
  } catch (error) {
    return caught(error);
  }
  throw new TypeError('The wait did not fail');
}

function caught(error: unknown): Caught {
  const names: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) names.push(each.name);
  return { names, failure: decodeRedisTaskFailure(error) };
}

/** Starts to wait, leaves, and tells how that ended. */
export async function leaving(input: AwaitRedisTaskInput, endpoint: string): Promise<string> {
  const scope = new CancellationScope();
  const operation = await scope.run(() => startSharedRedisTaskWait(input, { endpoint }));
  scope.cancel();
  try {
    await operation.result();
    return 'an outcome';
  } catch (error) {
    return error instanceof NexusOperationFailure && isCancellation(error) ? 'left' : String(error);
  }
}
