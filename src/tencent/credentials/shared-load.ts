/**
 * Lets concurrent callers share a load. It remembers no result.
 *
 * Whose credentials were refused needs a load that begins after the refusal: the one under way may bring what was refused.
 * All who come meanwhile share the next one.
 */
export function sharedLoad<T>(load: (refresh: boolean) => Promise<T>): (refresh: boolean) => Promise<T> {
  let underWay: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const begin = (refresh: boolean): Promise<T> => {
    underWay = load(refresh).finally(() => (underWay = undefined));
    return underWay;
  };
  return (refresh) => {
    if (!refresh) return next ?? underWay ?? begin(false);
    next ??= Promise.allSettled([underWay]).then(() => {
      next = undefined;
      return begin(true);
    });
    return next;
  };
}
