import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** A file that the repository holds, or would hold after the next commit. */
export type SourceFile = { readonly path: string; readonly text: string };

/** What is wrong, and where: `path:line: what`. */
export type Problem = string;

/** Every text file that git knows or would add, as it is in the work tree. Without git (an archive) there is none. */
export function repositoryFiles(): SourceFile[] {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  return list
    .split("\0")
    .filter((path) => path !== "" && existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }))
    .filter(({ text }) => !text.includes("\0"));
}

/** The line, counted from 1, that `index` of `text` is on. */
export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
