// Passwords in the parameters of an action: never as text, which would stand in histories, but by the name of a file.

/** The field of a parameter whose value a worker reads from a file. */
const SECRET = '$secret';

/** A file in the folder of secrets, not a path: `..` neither. */
const SECRET_NAME = /^(?!\.)[\w.-]{1,128}$/;

/** Not what is only about passwords, such as `PasswordPolicy`. */
const PASSWORD = /passw(or)?d(?!policy|free)/i;

/** The parameters with what `read` gives for each secret. */
export function withSecrets(params: unknown, read: (name: string) => string): unknown {
  if (typeof params !== 'object' || params === null) return params;
  const name = nameOf(params);
  if (name !== undefined) return read(name);
  if (Array.isArray(params)) return params.map((each) => withSecrets(each, read));
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, withSecrets(value, read)]));
}

/** What is wrong with a secret in parameters; undefined if nothing is. Values are not told. */
export function findSecretProblem(params: unknown): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  if (!Object.hasOwn(params, SECRET))
    return Object.values(params)
      .map(findSecretProblem)
      .find((each) => each !== undefined);
  if (nameOf(params) !== undefined) return undefined;
  return `must name a secret as { "${SECRET}": "name" } alone, where the name is that of a file: letters, digits, "-", "_" and ".", no path`;
}

/** Says where parameters have a password that is no secret; undefined if nowhere. A flag about passwords is none. */
export function findPlainPassword(params: unknown, path = ''): string | undefined {
  if (typeof params !== 'object' || params === null) return undefined;
  for (const [name, value] of Object.entries<unknown>({ ...params })) {
    const field = path + name;
    const isFlag = typeof value === 'boolean' || value === null;
    if (PASSWORD.test(name) && !isFlag && (typeof value !== 'object' || nameOf(value) === undefined)) {
      return `must not have ${field} as text, which would stand in the history: give { "${SECRET}": "name" } and mount the secret in the worker`;
    }
    const deeper = findPlainPassword(value, `${field}.`);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function nameOf(value: object): string | undefined {
  const name: unknown = Object.hasOwn(value, SECRET) ? (value as Record<string, unknown>)[SECRET] : undefined;
  return typeof name === 'string' && SECRET_NAME.test(name) && Object.keys(value).length === 1 ? name : undefined;
}
