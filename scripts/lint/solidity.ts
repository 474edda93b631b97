import { lineOf, type Problem, type SourceFile } from "./files.ts";

const isProduct = ({ path }: SourceFile): boolean =>
  path.startsWith("contracts/") && path.endsWith(".sol") && !path.startsWith("contracts/mocks/");

/** Lines above a block in which its reason may stand. */
const COMMENT_REACH = 4;

/** Assembly that does not tell the compiler that it respects memory, which would turn its optimizer off. */
export function unsafeAssembly(files: readonly SourceFile[]): Problem[] {
  return files.filter(isProduct).flatMap(({ path, text }) =>
    [...text.matchAll(/\bassembly\s*(?!\s*\("memory-safe"\))[{(]/g)].map(
      (match) => `${path}:${lineOf(text, match.index)}: assembly without ("memory-safe")`,
    ),
  );
}

/** `unchecked` and assembly whose reason is not written above or right inside. */
export function unexplainedBlocks(files: readonly SourceFile[]): Problem[] {
  return files.filter(isProduct).flatMap(({ path, text }) => {
    const lines = text.split("\n");
    return lines.flatMap((line, index) => {
      const block = /^\s*(unchecked|assembly)\b.*\{/.exec(line)?.[1];
      if (!block) return [];
      const around = lines.slice(Math.max(0, index - COMMENT_REACH), index + 2);
      return around.some((near) => /^\s*\/\//.test(near)) ? [] : [`${path}:${index + 1}: ${block} does not say why it is safe`];
    });
  });
}
