import * as v from 'valibot';

/** The schema of a region. */
export const REGION = v.message(
  v.pipe(
    v.string(),
    v.maxLength(64),
    v.regex(/^[a-z]{2,}(-[a-z0-9]+)+$/),
    v.description('Region of the instance'),
    v.examples(['ap-guangzhou']),
  ),
  'must be a region such as "ap-guangzhou", in lower case, at most 64 characters',
);

/** Whether a value has the form of a region. There is no fixed list of them. */
export function isRegion(value: unknown): value is string {
  return v.is(REGION, value);
}

/** The region that an input names; null where that breaks a rule. */
export function namedRegion(input: unknown): { region: string | null } {
  return v.parse(v.fallback(v.object({ region: v.fallback(v.nullable(REGION), null) }), { region: null }), input);
}
