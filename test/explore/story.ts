import type { WaitRecord } from './wait-record.js';

/** A wait as a story: everything that happened in it, in its order, for who has to find out why it went wrong. */
export function storyOf(record: WaitRecord): string {
  const { script, ending, endedAt, calls, polls, steering, deadlines, parent } = record;
  const { reports = [], listTroubles = [] } = record;
  const troubles = [...record.troubles, ...listTroubles];
  const lines: [number, string][] = [
    [0, `the wait begins: maxWait ${script.maxWaitMs}, polling ${JSON.stringify(script.polling)}`],
    ...(script.task?.statuses ?? []).map(({ fromMs, status }): [number, string] => [
      fromMs,
      `the task is in ${JSON.stringify(status)}${script.task?.visibleAfterMs ? ` (visible from ${script.task.visibleAfterMs} on)` : ''}`,
    ]),
    ...script.faults.map(({ kind, fromMs, forMs }): [number, string] => [fromMs, `for ${forMs}: ${kind}`]),
    ...troubles.map(({ from, to, why }): [number, string] => [from, `until ${to}: ${why}`]),
    ...polls.map(({ at, answeredAt, gaveTask, givenUpAt }): [number, string] => [
      at,
      answeredAt === undefined
        ? `a poll, given up at ${String(givenUpAt)}`
        : `a poll, answered at ${answeredAt}${gaveTask ? '' : ' without a task'}`,
    ]),
    ...calls.map(({ at, answer, isRepair }): [number, string] => [
      at,
      `  a call${isRepair ? ' (repair)' : ''}: ${answer ? JSON.stringify(answer) : 'no answer'}`,
    ]),
    ...reports.map(({ at, seenAt, unable }): [number, string] => [
      at,
      `the watch says: ${unable ?? 'ask'} (listed as unfinished at ${String(seenAt)})`,
    ]),
    ...steering.map(({ at, did, totalMs, state, refused, heardAt, isDoubtful }): [number, string] => [
      at,
      `${did}${totalMs === undefined ? '' : ` to ${totalMs}`}: ${refused ?? (state ? 'done' : `heard at ${String(heardAt)}`)}${isDoubtful ? ', which a reset may have taken back' : ''}`,
    ]),
    ...deadlines.map(({ from, deadline }): [number, string] => [from, `the deadline is ${deadline}`]),
    ...(parent ? [[parent.endedAt ?? Infinity, `the parent ends: ${parent.ended}`] as [number, string]] : []),
    [endedAt ?? Infinity, `the wait ends: ${ending ? endingText(ending) : 'not at all'}`],
  ];
  const text = lines.sort(([a], [b]) => a - b).map(([at, what]) => `${String(at).padStart(8)}  ${what}`);
  return text.join('\n');
}

function endingText(ending: NonNullable<WaitRecord['ending']>): string {
  switch (ending.as) {
    case 'succeeded':
      return `succeeded, ${JSON.stringify(ending.result)}`;
    case 'cancelled':
    case 'terminated':
      return ending.as;
    case 'other':
      return ending.what;
    default:
      return `${ending.as}, ${JSON.stringify(ending.details)}`;
  }
}
