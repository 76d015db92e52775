// For files whose tests wait more than they compute. Jest runs at once only the concurrent tests of one block, so a subject
// is no block but the beginning of names: all tests of the file run together, and those that use jest's own `test` follow.

const subjects: string[] = [];

/** What the tests in `define` are about. */
export function about(subject: string, define: () => void): void {
  subjects.push(subject);
  define();
  subjects.pop();
}

const named = (name: string) => [...subjects, name].join(' ');

const each = (...cases: Parameters<jest.Each>) => {
  const define = test.concurrent.each(...cases) as (name: string, act: (...args: never[]) => Promise<void>) => void;
  return (name: string, act: (...args: never[]) => Promise<void>) => define(named(name), act);
};

/** A test that runs beside the others of its file. */
export const beside = Object.assign(
  (name: string, act: () => Promise<void>): void => test.concurrent(named(name), act),
  { each: each as unknown as jest.Each },
);
