import { styleText } from "node:util";
import { type StepReport } from "./report.ts";

const NAME_WIDTH = 40;
const OUTCOME_WIDTH = 10;
const GAS_WIDTH = 9;
const MARGIN = 2;

/** The table's first lines. */
export function tableHead(width: number): string {
  const head = `${" ".repeat(MARGIN)}${"step".padEnd(NAME_WIDTH)}${"outcome".padEnd(OUTCOME_WIDTH)}${"gas".padStart(GAS_WIDTH)}  reason`;
  return `${styleText("bold", head)}\n${"─".repeat(width)}`;
}

/** A step in the table; what does not fit beside it goes on below, under its own column. */
export function tableRow(step: StepReport, width: number): string {
  const asExpected = step.outcome === step.expected;
  const mark = asExpected ? styleText("green", "✔") : styleText("red", "✘");
  const outcome = step.outcome.padEnd(OUTCOME_WIDTH);
  const coloured = asExpected ? (step.outcome === "refused" ? styleText("yellow", outcome) : styleText("green", outcome)) : styleText("red", outcome);
  const gas = (step.gasUsed === null ? "" : step.gasUsed.toLocaleString("en-US")).padStart(GAS_WIDTH);
  const column = MARGIN + NAME_WIDTH + OUTCOME_WIDTH + GAS_WIDTH + 2;
  const reason = [step.code === null ? null : `${step.code}:`, step.reason].filter((part) => part !== null).join(" ");
  const [first = "", ...rest] = wrap(reason, Math.max(24, width - column));
  const lines = [`${mark} ${step.name.padEnd(NAME_WIDTH)}${coloured}${gas}  ${first}`];
  return [...lines, ...rest.map((line) => `${" ".repeat(column)}${line}`)].join("\n");
}

/** Breaks a text between words so that no line is longer than `width`, unless one word is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
