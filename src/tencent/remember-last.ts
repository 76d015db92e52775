/** A function that returns its last result again while it is called with the same arguments. */
export function rememberLast<Args extends readonly unknown[], Result>(
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  let last: { readonly args: Args; readonly result: Result } | undefined;
  return (...args) => {
    const isSame = last?.args.length === args.length && last.args.every((arg, index) => arg === args[index]);
    if (!last || !isSame) last = { args, result: compute(...args) };
    return last.result;
  };
}
