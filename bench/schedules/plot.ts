import type { Cost } from './law.js';
import { MEDIANS_S, type ScheduleFigures, SIGMA } from './measure.js';
import { ours } from './waiters.js';

const PANEL = { width: 256, height: 250, left: 52, top: 34, gap: 32 };
const WIDTH = PANEL.left + MEDIANS_S.length * (PANEL.width + PANEL.gap);
const LEGEND = { top: PANEL.top + PANEL.height + 62, rowHeight: 22, columnWidth: 440 };
const CALLS = { from: 2, to: 500, ticks: [2, 5, 10, 20, 50, 100, 200, 500] };
const LATE_S = { from: 0.8, to: 250, ticks: [1, 2, 5, 10, 20, 50, 100, 200] };
/** Points around a centre, one shape for each waiter of a group. */
const SHAPES = ['-5,-5 5,-5 5,5 -5,5', '0,-7 6,5 -6,5', '0,7 6,-5 -6,-5', '0,-7 7,0 0,7 -7,0'];

const STYLE = `
    text { font: 12px system-ui, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; }
    .grid { stroke: #d1d9e0; }
    .frame { fill: none; stroke: #59636e; }
    .ours { fill: #0969da; }
    .peer { fill: none; stroke: #bc4c00; stroke-width: 2; }
    .best { fill: none; stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 5 3; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .grid { stroke: #3d444d; }
      .frame, .best { stroke: #9198a1; }
      .ours { fill: #58a6ff; }
      .peer { stroke: #f0883e; }
    }`;

/** Calls against mean lateness for the log-normal laws, as an SVG that follows the reader's colour scheme. */
export function plot(figures: ScheduleFigures): string {
  const names = Object.keys(figures.logNormal);
  const height = LEGEND.top + (Math.ceil(names.length / 2) + 1) * LEGEND.rowHeight;
  const panels = MEDIANS_S.map((medianS, index) => {
    const left = PANEL.left + index * (PANEL.width + PANEL.gap);
    return `<g transform="translate(${left} ${PANEL.top})">${panel(figures, medianS, index === 0)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
  <title>Calls of each waiter against the seconds by which it sees the end of a task late</title>
  <style>${STYLE}
  </style>
  ${panels.join('\n  ')}
  ${legend(names)}
</svg>
`;
}

function panel({ logNormal, optima }: ScheduleFigures, medianS: number, isFirst: boolean): string {
  const best = (optima[medianS] ?? []).filter((cost) => isInside(cost)).map(position);
  const marks = Object.entries(logNormal).map(([name, byLength], index) => {
    const cost = byLength[medianS];
    return cost ? mark(name, index, position(cost)) : '';
  });
  return [
    ...CALLS.ticks.map((tick) => verticalLine(tick)),
    ...LATE_S.ticks.map((tick) => horizontalLine(tick, isFirst)),
    `<rect class="frame" width="${PANEL.width}" height="${PANEL.height}"/>`,
    text(PANEL.width / 2, -10, `median of tasks: ${medianS} s`, 'title'),
    text(PANEL.width / 2, PANEL.height + 38, 'calls'),
    ...(isFirst
      ? [`<g transform="translate(-36 ${PANEL.height / 2}) rotate(-90)">${text(0, 0, 'seconds late')}</g>`]
      : []),
    `<polyline class="best" points="${best.map((each) => each.join()).join(' ')}"/>`,
    ...marks,
  ].join('\n    ');
}

function legend(names: readonly string[]): string {
  const place = (index: number) => {
    const rows = Math.ceil(names.length / 2);
    return [PANEL.left + Math.floor(index / rows) * LEGEND.columnWidth, LEGEND.top + (index % rows) * LEGEND.rowHeight];
  };
  const entries = names.map((name, index) => {
    const [x = 0, y = 0] = place(index);
    return mark(name, index, [x, y]) + text(x + 16, y + 4, name.replaceAll('`', ''), '', 'start');
  });
  const y = LEGEND.top + Math.ceil(names.length / 2) * LEGEND.rowHeight;
  const best = `<path class="best" d="M${PANEL.left - 10} ${y}h20"/>`;
  const says = `best possible for one who knows how the lengths spread (log-normal, sigma ${SIGMA})`;
  return [...entries, best + text(PANEL.left + 16, y + 4, says, '', 'start')].join('\n  ');
}

function mark(name: string, index: number, [x = 0, y = 0]: readonly number[]): string {
  const group = name in ours ? 'ours' : 'peer';
  return `<polygon class="${group}" transform="translate(${x} ${y})" points="${SHAPES[index % SHAPES.length]}"/>`;
}

function verticalLine(calls: number): string {
  const [x] = position({ calls, lateS: 1 });
  return `<path class="grid" d="M${x} 0v${PANEL.height}"/>${text(x, PANEL.height + 18, String(calls))}`;
}

function horizontalLine(lateS: number, isLabelled: boolean): string {
  const [, y] = position({ calls: 2, lateS });
  return `<path class="grid" d="M0 ${y}h${PANEL.width}"/>${isLabelled ? text(-8, y + 4, String(lateS), '', 'end') : ''}`;
}

function text(x: number, y: number, says: string, name = '', anchor = 'middle'): string {
  return `<text${name && ` class="${name}"`} x="${x}" y="${y}" text-anchor="${anchor}">${says}</text>`;
}

/** Where a cost is in a panel, on logarithmic axes. */
function position({ calls, lateS }: Cost): [x: number, y: number] {
  const share = (value: number, { from, to }: { from: number; to: number }) =>
    Math.log(value / from) / Math.log(to / from);
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return [rounded(share(calls, CALLS) * PANEL.width), rounded((1 - share(lateS, LATE_S)) * PANEL.height)];
}

function isInside({ calls, lateS }: Cost): boolean {
  return calls >= CALLS.from && calls <= CALLS.to && lateS >= LATE_S.from && lateS <= LATE_S.to;
}
