/** Box diagrams of docs/WIRE-FORMAT.md, drawn from the table that Solidity and TypeScript tests read as well. */

/** A part of a word. Bits count from the least significant one. */
export type WordField = { readonly name: string; readonly firstBit: number; readonly width: number };

/** A part of a record of bytes. */
export type ByteField = {
  readonly name: string;
  /** How many: a number, the field that says it, or `*`: all that is left. */
  readonly bytes?: number | string;
  /** The record that it is; `operands` by the operator before, `path` by its steps. */
  readonly of?: string;
  /** How often it stands there: the field that says it, or `*`: until nothing is left. */
  readonly times?: string;
  /** When it is there: `field = value`, `field & bit`, `next = byte`, `field`: if that is there, or `more`: if anything is left. */
  readonly if?: string;
};

export type Coded = {
  readonly code: number;
  readonly fields: readonly ByteField[];
  /** Of a step: that it is a path's last. */
  readonly ends?: boolean;
};

export type Layouts = {
  readonly words: Readonly<Record<string, readonly WordField[]>>;
  readonly records: Readonly<Record<string, readonly ByteField[]>>;
  readonly operators: Readonly<Record<string, Coded>>;
  readonly steps: Readonly<Record<string, Coded>>;
};

/** One box: what stands above it, and its lines. */
type Cell = { readonly above: string; readonly lines: readonly string[] };

const MAX_WIDTH = 108;
const WORD_BITS = 256;

function drawRow(cells: readonly Cell[]): string[] {
  const widths = cells.map(({ above, lines }) => Math.max(above.length, ...lines.map((line) => line.length)) + 2);
  const border = (left: string, middle: string, right: string) =>
    left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const row = (texts: readonly string[]) => `│${texts.map((text, i) => ` ${text}`.padEnd(widths[i] ?? 0)).join("│")}│`;
  const height = Math.max(...cells.map(({ lines }) => lines.length));
  const above = cells.map((cell, i) => ` ${cell.above}`.padEnd((widths[i] ?? 0) + 1)).join("").trimEnd();
  return [
    ...(above === "" ? [] : [above]),
    border("┌", "┬", "┐"),
    ...Array.from({ length: height }, (_, i) => row(cells.map(({ lines }) => lines[i] ?? ""))),
    border("└", "┴", "┘"),
  ];
}

/** Rows of boxes, none wider than a page. */
function draw(cells: readonly Cell[]): string {
  const rows: Cell[][] = [[]];
  let width = 1;
  for (const cell of cells) {
    const own = Math.max(cell.above.length, ...cell.lines.map((line) => line.length)) + 3;
    if (width + own > MAX_WIDTH) {
      rows.push([]);
      width = 1;
    }
    width += own;
    rows.at(-1)?.push(cell);
  }
  return rows.flatMap(drawRow).join("\n");
}

/** A word from its most significant bit to its least. */
export function drawWord(fields: readonly WordField[]): string {
  const cells = fields.map(({ name, firstBit, width }): Cell => {
    const last = firstBit + width - 1;
    return { above: width === 1 ? `${firstBit}` : `${last}–${firstBit}`, lines: [name] };
  });
  const end = Math.max(...fields.map(({ firstBit, width }) => firstBit + width));
  const unused: Cell[] = end === WORD_BITS ? [] : [{ above: `${WORD_BITS - 1}–${end}`, lines: ["0"] }];
  return draw([...cells, ...unused].reverse());
}

/** How long what has no length of its own is. */
const LENGTH_OF: Readonly<Record<string, string>> = { operands: "by operator", path: "by its steps" };

function sizeOf({ bytes, of, times }: ByteField): string {
  const size = bytes === "*" ? "the rest" : `${bytes ?? LENGTH_OF[of ?? ""] ?? "box"}`;
  if (times === undefined) return size;
  if (times === "*") return `${size}, repeated`;
  return `${times.includes(" ") ? `(${times})` : times} × ${size}`;
}

function conditionOf({ if: condition }: ByteField): readonly string[] {
  if (condition === undefined) return [];
  if (!condition.includes(" ")) return ["if there"];
  return [`if ${condition.replace("next = 0", "it begins 00")}`];
}

/** A record, with the offsets of its fields for as long as they are fixed. */
export function drawRecord(fields: readonly ByteField[]): string {
  let offset: number | undefined = 0;
  const cells = fields.map((field): Cell => {
    const at = offset;
    const fixed = typeof field.bytes === "number" && field.times === undefined && field.if === undefined;
    offset = at !== undefined && fixed ? at + (field.bytes as number) : undefined;
    return { above: at === undefined ? "" : `${at}`, lines: [field.name, sizeOf(field), ...conditionOf(field)] };
  });
  return draw(cells);
}

const BYTE_WIDTH = 10;

/** Things that begin with their code, one to a line, each byte as wide as the next. */
export function drawCoded(coded: Readonly<Record<string, Coded>>): string {
  const label = Math.max(...Object.keys(coded).map((name) => name.length)) + 1;
  const lines = Object.entries(coded).map(([name, { code, fields }]) => {
    const cells = fields.map((field) => ` ${field.name}`.padEnd(BYTE_WIDTH * Number(field.bytes) - 1));
    return `${name.padEnd(label)}│ ${code.toString(16).padStart(2, "0")} │${cells.map((cell) => `${cell}│`).join("")}`;
  });
  const widest = Math.max(...Object.values(coded).map(({ fields }) => fields.reduce((sum, it) => sum + Number(it.bytes), 0)));
  const head = `${" ".repeat(label + 1)} 0   ${Array.from({ length: widest }, (_, i) => ` ${i + 1}`.padEnd(BYTE_WIDTH)).join("")}`.trimEnd();
  return [head, ...lines].join("\n");
}
