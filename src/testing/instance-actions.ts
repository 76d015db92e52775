import type { InstanceBook } from './instances.js';
import type { Settings } from './options.js';
import { items, type Parameters } from './parameters.js';
import { ApiRefusal } from './refusals.js';
import type { ApiFields } from './reply.js';

/** What `DescribeInstances` answers. */
export function describeInstances(parameters: Parameters, region: string, instances: InstanceBook): ApiFields {
  const limit = Math.min(Number(parameters['Limit'] ?? 20) || 20, 1_000);
  const offset = Math.floor(Number(parameters['Offset'] ?? 0) / limit) * limit;
  const { InstanceId } = parameters;
  const ids = items(parameters['InstanceIds']) ?? (InstanceId === undefined ? undefined : [InstanceId]);
  const statuses = items(parameters['Status'])?.map(Number);
  const rows = instances
    .list(region, (id) => ids?.includes(id) ?? true)
    .filter(({ Status }) => statuses?.includes(Status as number) ?? true);
  return { TotalCount: rows.length, InstanceSet: rows.slice(offset, offset + limit) };
}

/** What `DescribeInstanceDealDetail` answers: a deal that is not known is no error. @throws ApiRefusal */
export function describeDeal(
  parameters: Parameters,
  region: string,
  instances: InstanceBook,
  accepted: Settings['dealParameters'],
): ApiFields {
  const given = (['DealName', 'DealIds'] as const).filter((name) => parameters[name] !== undefined);
  const unknown = given.find((name) => !accepted.includes(name));
  if (unknown) throw new ApiRefusal('UnknownParameter', `The parameter \`${unknown}\` is not recognized.`);
  const [name] = given;
  const names = name === 'DealIds' ? (items(parameters['DealIds']) ?? []) : [parameters['DealName'] ?? ''];
  return { DealDetails: names.flatMap((each) => instances.listDeal(region, each)) };
}
