/**
 * Writes docs/ERRORS.md from the NatSpec of the contracts' errors.
 *
 *     node scripts/generate-errors-page.ts [--check]
 */
import { readFileSync } from "node:fs";
import { toFunctionSelector } from "viem";
import { writeOrCheck } from "./generate/writeOrCheck.ts";

const SOURCE = "contracts/interfaces/ISessionKeyErrors.sol";
const PAGE = "docs/ERRORS.md";

type ErrorEntry = { readonly name: string; readonly parameters: readonly string[]; readonly notice: string };
type Section = { readonly title: string; readonly errors: readonly ErrorEntry[] };

/** Comment lines joined to one paragraph, without the tag. */
function prose(comment: string): string {
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\/\/\/\s?/, "").replace(/^@(notice|title)\s+/, ""))
    .join(" ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

export function parseErrors(source: string): { introduction: string; sections: Section[] } {
  const introduction = prose(/((?:^\/\/\/.*\n)+)interface/m.exec(source)?.[1]?.replace(/^\/\/\/ @title.*\n/, "") ?? "");
  const sections = source.split(/^\s*\/\/ -{5,} /m).slice(1);
  return {
    introduction,
    sections: sections.map((section) => ({
      title: section.slice(0, section.indexOf("\n")).trim(),
      errors: [...section.matchAll(/((?:^\s*\/\/\/.*\n)+)\s*error (\w+)\(([^)]*)\);/gm)].map(([, comment = "", name = "", list = ""]) => ({
        name,
        parameters: list.split(",").map((parameter) => parameter.trim().replaceAll(/\s+/g, " ")).filter((it) => it !== ""),
        notice: prose(comment),
      })),
    })),
  };
}

function entry({ name, parameters, notice }: ErrorEntry): string {
  const signature = `${name}(${parameters.map((parameter) => parameter.split(" ")[0]).join(",")})`;
  const figures = parameters.length === 0 ? "" : ` · ${parameters.map((parameter) => `\`${parameter}\``).join(", ")}`;
  return `### ${name}\n\n${notice}\n\n\`${toFunctionSelector(signature)}\`${figures}\n`;
}

export function errorsPage(source: string): string {
  const { introduction, sections } = parseErrors(source);
  const count = sections.reduce((sum, { errors }) => sum + errors.length, 0);
  return [
    "# Errors",
    `<!-- Generated from ${SOURCE} by scripts/generate-errors-page.ts -->`,
    `The module says no in ${count} ways. ${introduction}`,
    "The SDK decodes every one of them, out of a bundler's answer too, and its error carries the same name as `code`. " +
      "A wrong or malformed signature of the key is no error here: validation returns 1 and the EntryPoint says `AA24`. " +
      "What the SDK itself says of accounts is in [ACCOUNTS.md](ACCOUNTS.md#what-goes-wrong).",
    ...sections.flatMap(({ title, errors }) => [`## ${title[0]?.toUpperCase()}${title.slice(1)}`, ...errors.map(entry)]),
  ]
    .map((part) => part.trimEnd())
    .join("\n\n")
    .concat("\n");
}

if (import.meta.main) writeOrCheck(PAGE, errorsPage(readFileSync(SOURCE, "utf8")), "node scripts/generate-errors-page.ts");
