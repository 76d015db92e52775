import type { RedisDeal } from '../contract/instance/instances.js';
import type { CallTime } from './call-time.js';
import { TencentApiError, transientError } from './errors.js';
import { field, integerField, textField } from './json.js';
import type { RedisApi } from './redis-api.js';

/** A deal, null while the API does not list it, and the id of the request. */
export interface ListedDeal {
  readonly deal: RedisDeal | null;
  readonly requestId: string | null;
}

/**
 * Calls `DescribeInstanceDealDetail` and returns the order. The API asks by `DealName` since 2025 and by `DealIds` before,
 * and not everywhere by both: where the first finds nothing, the second is tried.
 *
 * @param deal - its `DealName` or `DealId`
 * @throws TencentApiError
 * @see https://www.tencentcloud.com/document/product/239/32067
 */
export async function describeDeal(
  api: RedisApi,
  { region, dealName }: { readonly region: string; readonly dealName: string },
  options: () => CallTime = () => ({}),
): Promise<ListedDeal> {
  const ask = async (params: Readonly<Record<string, unknown>>): Promise<ListedDeal> => {
    const response = await api.call({ action: 'DescribeInstanceDealDetail', region, params, ...options() });
    return { deal: readDeals(response, dealName), requestId: textField(response, 'RequestId') };
  };
  const byName = await ask({ DealName: dealName }).catch((error: unknown) => unlessUnknown(error, undefined));
  if (byName?.deal) return byName;
  const byId = ask({ DealIds: [dealName] });
  return byName ? byId.catch((error: unknown) => unlessUnknown(error, byName)) : byId;
}

/** Another value where the API does not know the parameter. */
function unlessUnknown<T>(error: unknown, otherwise: T): T {
  if (error instanceof TencentApiError && /^(UnknownParameter|MissingParameter)(\.|$)/.test(error.code))
    return otherwise;
  throw error;
}

function readDeals(response: unknown, dealName: string): RedisDeal | null {
  const rows = field(response, 'DealDetails') ?? [];
  if (!Array.isArray(rows)) {
    const message = 'The API answered DealDetails that are no list';
    throw transientError('InvalidResponse', message, textField(response, 'RequestId'));
  }
  const namesOf = (row: unknown) => [textField(row, 'DealName'), textField(row, 'DealId')];
  const isAsked = (row: unknown) => namesOf(row).includes(dealName);
  // The API was asked for one: a deal that lacks one of its names is that, too. One with two others is another order.
  const row: unknown = rows.find(isAsked) ?? rows.find((each) => namesOf(each).includes(null));
  if (row === undefined) return null;
  const ids = field(row, 'InstanceIds');
  return {
    status: integerField(row, 'Status'),
    description: textField(row, 'Description'),
    instanceIds: Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string' && id !== '') : [],
    goodsNum: integerField(row, 'GoodsNum'),
  };
}
