import type { Execution } from '../../changes/oracle.js';
import type { ObservedChange } from './observe.js';

/** A change as a story: everything that is known of it, in its order. */
export function storyOfChange(change: ObservedChange, executed: readonly Execution[]): string {
  const { played, startedAt, submits, end, name, childIds } = change;
  const { kind, key, ...script } = played.planned;
  const own = executed.filter(({ by }) => by === name);
  const lines: [number, string][] = [
    [0, `${kind.action} begins: ${JSON.stringify(script)}`],
    ...submits.map(({ at, as, code }): [number, string] => [at - startedAt, `a submit: ${as} ${code ?? ''}`]),
    ...own.map(({ startedAt: at, taskIds }): [number, string] => [
      at - startedAt,
      `the API executes it, with the tasks ${taskIds.join(', ')}`,
    ]),
    [end?.atMs ?? Infinity, `${key} ends: ${end?.as ?? 'not at all'}, ${JSON.stringify(end?.value)}`],
  ];
  const text = lines.sort(([a], [b]) => a - b).map(([at, what]) => `${String(at).padStart(8)}  ${what}`);
  return [...text, `          its waits: ${childIds.join(', ')}`].join('\n');
}
