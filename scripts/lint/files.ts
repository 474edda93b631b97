import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";

/** A file that the repository holds, or would hold after the next commit. */
export type SourceFile = { readonly path: string; readonly text: string };

/** What is wrong, and where: `path:line: what`. */
export type Problem = string;

/** Folders that are made, not kept; for a copy of the repository without git. */
const MADE = ["node_modules", "artifacts", "cache", "coverage", "dist", ".git"];

/** Every text file that belongs to the repository, as it is in the work tree. */
export function repositoryFiles(): SourceFile[] {
  return (pathsByGit() ?? pathsByWalking())
    .filter((path) => existsSync(path) && statSync(path).isFile())
    .map((path) => ({ path, text: readFileSync(path, "utf8") }))
    .filter(({ text }) => !text.includes("\0"));
}

/** What git knows or would add; `undefined` where there is no git. */
function pathsByGit(): string[] | undefined {
  try {
    const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\0").filter((path) => path !== "");
  } catch {
    return undefined;
  }
}

function pathsByWalking(): string[] {
  return globSync(["**/*", "**/.*"], { exclude: (path) => MADE.some((folder) => path.split(/[\\/]/).includes(folder)) }).map((path) => path.replaceAll("\\", "/"));
}

/** The line, counted from 1, that `index` of `text` is on. */
export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
