/** One axis: its values from left to right, or from the bottom up. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly isLogarithmic?: boolean;
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Selects the colour. */
  readonly colour: number;
  /** Selects how it is dashed. */
  readonly dash: number;
}

const FRAME = { width: 620, height: 300, left: 64, top: 34 };
const LEGEND = { top: FRAME.top + FRAME.height + 66, rowHeight: 22, columnWidth: 320 };
const WIDTH = FRAME.left + FRAME.width + 24;
const DASHES = ['none', '6 4', '2 3', '10 3 2 3'];

const STYLE = `
    text { font: 12px system-ui, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; }
    .grid { stroke: #d1d9e0; }
    .frame { fill: none; stroke: #59636e; }
    .line { fill: none; stroke-width: 2; }
    .c0 { stroke: #bc4c00; }
    .c1 { stroke: #0969da; }
    .c2 { stroke: #59636e; }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc; }
      .grid { stroke: #3d444d; }
      .frame, .c2 { stroke: #9198a1; }
      .c0 { stroke: #f0883e; }
      .c1 { stroke: #58a6ff; }
    }`;

/** Lines over two axes, as an SVG that follows the reader's colour scheme. */
export function plotLines(title: string, x: Axis, y: Axis, lines: readonly Line[]): string {
  const height = LEGEND.top + Math.ceil(lines.length / 2) * LEGEND.rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
  <title>${title}</title>
  <style>${STYLE}
  </style>
  <g transform="translate(${FRAME.left} ${FRAME.top})">
    ${[
      ...x.ticks.map((tick) => verticalLine(tick, x)),
      ...y.ticks.map((tick) => horizontalLine(tick, y)),
      `<rect class="frame" width="${FRAME.width}" height="${FRAME.height}"/>`,
      text(FRAME.width / 2, -12, title, 'title'),
      text(FRAME.width / 2, FRAME.height + 38, x.label),
      `<g transform="translate(-48 ${FRAME.height / 2}) rotate(-90)">${text(0, 0, y.label)}</g>`,
      ...lines.map((line) => lineOf(line, x, y)),
    ].join('\n    ')}
  </g>
  ${lines.map(legendEntry).join('\n  ')}
</svg>
`;
}

function lineOf({ points, colour, dash }: Line, x: Axis, y: Axis): string {
  const places = points.map(([atX, atY]) => `${place(atX, x, FRAME.width)},${flipped(place(atY, y, FRAME.height))}`);
  return `<polyline class="line c${colour}" stroke-dasharray="${DASHES[dash % DASHES.length]}" points="${places.join(' ')}"/>`;
}

function legendEntry({ name, colour, dash }: Line, index: number): string {
  const [x, y] = [FRAME.left + (index % 2) * LEGEND.columnWidth, LEGEND.top + Math.floor(index / 2) * LEGEND.rowHeight];
  const sample = `<path class="line c${colour}" stroke-dasharray="${DASHES[dash % DASHES.length]}" d="M${x} ${y}h28"/>`;
  return sample + text(x + 36, y + 4, name, '', 'start');
}

function verticalLine(tick: number, axis: Axis): string {
  const x = place(tick, axis, FRAME.width);
  const label = text(x, FRAME.height + 18, tick.toLocaleString('en'));
  return `<path class="grid" d="M${x} 0v${FRAME.height}"/>${label}`;
}

function horizontalLine(tick: number, axis: Axis): string {
  const y = flipped(place(tick, axis, FRAME.height));
  return `<path class="grid" d="M0 ${y}h${FRAME.width}"/>${text(-8, y + 4, tick.toLocaleString('en'), '', 'end')}`;
}

function text(x: number, y: number, says: string, name = '', anchor = 'middle'): string {
  return `<text${name && ` class="${name}"`} x="${x}" y="${y}" text-anchor="${anchor}">${says}</text>`;
}

function place(value: number, { from, to, isLogarithmic = false }: Axis, length: number): number {
  const share = isLogarithmic ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return Math.round(share * length * 10) / 10;
}

function flipped(place: number): number {
  return Math.round((FRAME.height - place) * 10) / 10;
}
