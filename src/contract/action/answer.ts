// What the API has answered to a submit that it accepted.

/** What a submit has started. */
export interface Started {
  /** Tasks to wait for; empty if nothing had to be done, or for an order. */
  readonly taskIds: readonly number[];
  readonly dealName: string | null;
  /** Instances that the API names, such as new ones. */
  readonly instanceIds: readonly string[];
}

/** Reads what an answer says was started. Undefined if it says nothing of that: it cannot be told what became of the submit. */
export function readStarted(response: Readonly<Record<string, unknown>>): Started | undefined {
  const told = response['TaskId'] ?? response['FlowId'] ?? response['TaskIds'];
  const given = told === undefined || told === null ? [] : Array.isArray(told) ? (told as unknown[]) : [told];
  const ids = given.map(readId);
  if (ids.includes(undefined)) return undefined;
  const deal = text(response['DealName']) ?? text(response['DealId']);
  const instances = response['InstanceIds'];
  const instanceIds = Array.isArray(instances) ? instances.filter((id): id is string => text(id) !== null) : [];
  // In 2019 the id of an order was that of its instance.
  if (deal?.startsWith('crs-') && instanceIds.length === 0) instanceIds.push(deal);
  if (given.length === 0 && deal === null && instanceIds.length === 0) return undefined;
  const taskIds = [...new Set(ids as number[])].filter((id) => id > 0);
  return { taskIds, dealName: deal, instanceIds };
}

/** Ids come as numbers or as digits; 0 and less mean that nothing had to be done. */
function readId(value: unknown): number | undefined {
  const id = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(id) ? (id as number) : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
