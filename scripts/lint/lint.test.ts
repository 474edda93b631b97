import { describe, expect, it } from "vitest";
import { type Problem, type SourceFile } from "./files.ts";
import { lockfileAddresses, looseVersions } from "./packages.ts";
import { unexplainedBlocks, unsafeAssembly } from "./solidity.ts";
import { brokenLinks, forbiddenStrings } from "./text.ts";

const file = (path: string, text: string): SourceFile[] => [{ path, text }];
const manifest = (dependencies: Record<string, string>): SourceFile[] => file("package.json", JSON.stringify({ dependencies }));
const lockfile = (packages: object): SourceFile[] => file("package-lock.json", JSON.stringify({ packages }));

describe("looseVersions", () => {
  it.each(["1.2.3", "1.2.3-rc.1", "npm:@scope/name@0.7.0"])("accepts %s", (version) => {
    expect(looseVersions(manifest({ viem: version }))).toEqual([]);
  });

  it.each(["^1.2.3", "~1.2.3", "1.2", "*", "latest", "npm:name@^1.0.0", "github:a/b"])("refuses %s", (version) => {
    expect(looseVersions(manifest({ viem: version }))).toHaveLength(1);
  });
});

describe("lockfileAddresses", () => {
  it("accepts an entry without an address, and a link to a workspace", () => {
    expect(lockfileAddresses(lockfile({ "node_modules/a": { version: "1.0.0" }, "node_modules/b": { resolved: "b", link: true } }))).toEqual([]);
  });

  it("refuses an entry with an address", () => {
    expect(lockfileAddresses(lockfile({ "node_modules/a": { resolved: "https://host/a.tgz" } }))).toHaveLength(1);
  });
});

describe("unsafeAssembly", () => {
  const find = (line: string): Problem[] => unsafeAssembly(file("contracts/A.sol", line));

  it("accepts assembly that says it respects memory", () => {
    expect(find('assembly ("memory-safe") {')).toEqual([]);
  });

  it("refuses assembly that does not", () => {
    expect(find("x;\nassembly {")).toEqual(["contracts/A.sol:2: assembly without (\"memory-safe\")"]);
  });
});

describe("unexplainedBlocks", () => {
  const find = (text: string): Problem[] => unexplainedBlocks(file("contracts/A.sol", text));

  it("accepts a reason above", () => {
    expect(find("// Unchecked: both are below 2^128.\nunchecked {")).toEqual([]);
  });

  it("refuses a block without one", () => {
    expect(find("uint256 a;\nunchecked {\n a + b;")).toEqual(["contracts/A.sol:2: unchecked does not say why it is safe"]);
  });

  it("leaves mocks alone, which are wrong on purpose", () => {
    expect(unexplainedBlocks(file("contracts/mocks/A.sol", "unchecked {"))).toEqual([]);
  });
});

describe("forbiddenStrings", () => {
  it("finds a home folder, and says where", () => {
    expect(forbiddenStrings(file("a.md", `x\n/${"home"}/me`))).toEqual([`a.md:2: a path of one machine: /${"home"}/m`]);
  });

  it("finds what a merge left behind", () => {
    expect(forbiddenStrings(file("a.ts", `${"<".repeat(7)} HEAD\n`))).toHaveLength(1);
  });

  it("finds nothing in plain text", () => {
    expect(forbiddenStrings(file("a.md", "The key opens nothing else.\n"))).toEqual([]);
  });
});

describe("brokenLinks", () => {
  const find = (text: string): Problem[] => brokenLinks(file("docs/a.md", text), (path) => path === "docs/b.md" || path === "README.md");

  it("follows links from the page's own folder", () => {
    expect(find("[b](b.md#part) [top](../README.md) [out](https://example.org) [here](#part)")).toEqual([]);
  });

  it("refuses a link to a file that is not there", () => {
    expect(find("see\n[c](c.md)")).toEqual(["docs/a.md:2: no file at c.md"]);
  });
});
