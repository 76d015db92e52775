import type { Execution } from '../../changes/oracle.js';
import { listed, tally } from '../figures.js';
import type { ExplorerStage } from '../stage.js';
import type { ObservedChange } from './observe.js';

/** What the changes of a run have shown, as a table in Markdown. */
export function figuresOf(
  { kills }: ExplorerStage,
  changes: readonly ObservedChange[],
  executed: readonly Execution[],
  { wrong, twice }: { readonly wrong: number; readonly twice: number },
): string {
  const submits = changes.flatMap((each) => each.submits);
  const executionsOf = ({ name }: ObservedChange) => executed.filter(({ by }) => by === name).length;
  const uncertain = changes.filter(({ end }) => end?.as === 'RedisActionUncertain');
  const unclear = changes.filter((each) => each.unclear > 0);
  const found = unclear.filter(({ end, submits }) => end?.as === 'succeeded' && submits.at(-1)?.as !== 'accepted');
  const rows: [string, string][] = [
    ['changes', `${changes.length}: ${listed(tally(changes.map(({ end }) => end?.as ?? 'none')))}`],
    ['submits', `${submits.length}: ${listed(tally(submits.map(({ as }) => as)))}`],
    ['what submits brought', listed(tally(submits.flatMap(({ code }) => code ?? [])))],
    ['executed by the API', String(executed.length)],
    [
      'answers that told nothing',
      `${unclear.reduce((sum, each) => sum + each.unclear, 0)}, in ${unclear.length} changes`,
    ],
    ['of these changes', `${found.length} found what was started, ${uncertain.length} ended as uncertain`],
    ['uncertain ones that were executed', String(uncertain.filter((each) => executionsOf(each) > 0).length)],
    ['submits whose worker was killed', String(submits.filter(({ as }) => as === 'lost').length)],
    ['Temporal server killed', `${kills.server}, of these ${kills.serverAtSubmit} in a submit`],
    ['submitted again where that does no harm', String(changes.filter((each) => executionsOf(each) > 1).length)],
    ['**executed twice that must not be**', `**${twice}**`],
    ['**changes that were wrong**', `**${wrong}**`],
  ];
  return [['', ''], ['---', '---'], ...rows].map(([name, value]) => `| ${name} | ${value} |`).join('\n');
}
