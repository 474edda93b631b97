/** One bar: what it stands for, how long it is, and whether it is this project's. */
export type Bar = { readonly label: string; readonly value: number; readonly ours: boolean };

const [WIDTH, LABELS, ROW, TOP] = [960, 390, 30, 64];

/** An SVG of horizontal bars on one scale from zero, in colours for light and dark pages. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const number = new Intl.NumberFormat("en-US");
  const height = TOP + bars.length * ROW + 20;
  const rows = bars.map(({ label, value, ours }, row) => {
    const y = TOP + row * ROW;
    const length = Math.round((value / longest) * (WIDTH - LABELS - 110));
    return [
      `  <text x="${LABELS - 12}" y="${y + 15}" text-anchor="end"${ours ? ' class="strong"' : ""}>${escaped(label)}</text>`,
      `  <rect x="${LABELS}" y="${y}" width="${length}" height="20" rx="3" class="${ours ? "ours" : "theirs"}"/>`,
      `  <text x="${LABELS + length + 8}" y="${y + 15}"${ours ? ' class="strong"' : ""}>${number.format(value)}</text>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif" role="img" aria-label="${escaped(title)}">
  <style>
    .ground { fill: #fbfaf7; } text { fill: #1f2421; font-size: 14px; } .title { font-size: 17px; font-weight: 600; } .strong { font-weight: 600; }
    .ours { fill: #2f6f55; } .theirs { fill: #b9b4a6; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #14181a; } text { fill: #e8ebe9; } .ours { fill: #5fb48f; } .theirs { fill: #5b646a; }
    }
  </style>
  <rect class="ground" width="${WIDTH}" height="${height}"/>
  <text class="title" x="24" y="36">${escaped(title)}</text>
${rows.join("\n")}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
