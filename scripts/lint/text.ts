import { lineOf, type Problem, type SourceFile } from "./files.ts";

/** Written apart, so that this file does not forbid itself. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`/(${["home", "Users", "root"].join("|")})/[A-Za-z]`, "g"), "a path of one machine"],
  [new RegExp(`[A-Z]:\\\\${"Users"}`, "g"), "a path of one machine"],
  [new RegExp(`registry\\.${"npmjs"}\\.org|registry\\.${"yarnpkg"}\\.com|${"artifact"}ory`, "gi"), "a package registry's host"],
  [new RegExp(`-----BEGIN ${"[A-Z ]*PRIVATE KEY"}-----`, "g"), "a private key"],
  [new RegExp(`^(<<<<<<< |>>>>>>> |=======$)`, "gm"), "a merge conflict"],
  [new RegExp(`\\b(TO${"DO"}|FIX${"ME"}|XX${"X"})\\b`, "g"), "an unfinished place"],
];

/** Strings that have no place in a published repository. */
export function forbiddenStrings(files: readonly SourceFile[]): Problem[] {
  return files
    .filter(({ path }) => path !== "package-lock.json")
    .flatMap(({ path, text }) =>
      FORBIDDEN.flatMap(([pattern, what]) =>
        [...text.matchAll(pattern)].map((match) => `${path}:${lineOf(text, match.index)}: ${what}: ${match[0]}`),
      ),
    );
}

/** Relative links of Markdown pages that lead nowhere, anchors aside. */
export function brokenLinks(files: readonly SourceFile[], exists: (path: string) => boolean): Problem[] {
  const pages = files.filter(({ path }) => path.endsWith(".md"));
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)|<img[^>]+src="([^"]+)"/g)].flatMap((match) => {
      const target = (match[1] ?? match[2] ?? "").split("#")[0] ?? "";
      if (target === "" || /^[a-z]+:/.test(target)) return [];
      const from = path.split("/").slice(0, -1);
      const resolved = new URL(target, `file:///${from.map((part) => `${part}/`).join("")}`).pathname.slice(1);
      return exists(decodeURIComponent(resolved)) ? [] : [`${path}:${lineOf(text, match.index)}: no file at ${target}`];
    }),
  );
}
