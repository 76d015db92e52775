import { INSTANCES_MAX } from '../contract/instance/input.js';
import type { RedisInstance } from '../contract/instance/instances.js';
import type { CallTime } from './call-time.js';
import { TencentApiError, transientError } from './errors.js';
import { integerField, textField } from './json.js';
import type { RedisApi } from './redis-api.js';

/** Those of some instances that the API lists, and the id of the request. */
export interface ListedInstances {
  readonly instances: readonly RedisInstance[];
  readonly requestId: string | null;
}

/**
 * Calls `DescribeInstances` for at most 50 instances and returns those that it lists: an instance that is gone, or not there
 * yet, is left out.
 *
 * @throws TencentApiError
 * @see https://www.tencentcloud.com/document/product/239/32065
 */
export async function describeInstances(
  api: Pick<RedisApi, 'call'>,
  { region, instanceIds }: { readonly region: string; readonly instanceIds: readonly string[] },
  options: CallTime = {},
): Promise<ListedInstances> {
  if (instanceIds.length > INSTANCES_MAX) throw new RangeError(`At most ${INSTANCES_MAX} instances in one call`);
  const params = { Limit: instanceIds.length, Offset: 0, InstanceIds: instanceIds };
  try {
    const response = await api.call({ action: 'DescribeInstances', region, params, ...options });
    const requestId = textField(response, 'RequestId');
    // Fields of the API's lists were nullable once: no instances may be told by null.
    const rows = response['TotalCount'] === 0 ? (response['InstanceSet'] ?? []) : response['InstanceSet'];
    if (!Array.isArray(rows)) {
      const fields = Object.keys(response).join(', ').slice(0, 200);
      throw transientError('InvalidResponse', `The API answered without an InstanceSet; it sent: ${fields}`, requestId);
    }
    const listed = rows.flatMap((row: unknown) => readInstance(row) ?? []);
    return { instances: listed.filter((each) => instanceIds.includes(each.instanceId)), requestId };
  } catch (error) {
    // A filter that fits nothing gives an empty list; it is not known whether that is so everywhere.
    if (instanceIds.length !== 1 || !isNotFound(error)) throw error;
    return { instances: [], requestId: error.requestId };
  }
}

function readInstance(row: unknown): RedisInstance | undefined {
  const instanceId = textField(row, 'InstanceId');
  if (instanceId === null) return undefined;
  const shards = integerField(row, 'RedisShardNum');
  return {
    instanceId,
    status: integerField(row, 'Status'),
    // One without shards has only its whole size.
    memSizeMb:
      integerField(row, 'RedisShardSize') || (shards !== null && shards > 1 ? null : integerField(row, 'Size')),
    shards,
    replicas: integerField(row, 'RedisReplicasNum'),
    typeId: integerField(row, 'Type'),
  };
}

function isNotFound(error: unknown): error is TencentApiError {
  if (!(error instanceof TencentApiError)) return false;
  return error.code === 'InternalError.InstanceNotFoundError' || error.code.split('.')[0] === 'ResourceNotFound';
}
