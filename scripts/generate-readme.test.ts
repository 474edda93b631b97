import { describe, expect, it } from "vitest";
import { fill } from "./generate/fill.ts";
import { excerpt, figuresTable, withImports } from "./generate-readme.ts";

describe("fill", () => {
  it("replaces what stands between the marks, and nothing else", () => {
    expect(fill("a\n<!-- x -->\nold\n<!-- /x -->\nb", "x", "new")).toBe("a\n<!-- x -->\nnew\n<!-- /x -->\nb");
  });

  it("changes nothing the second time", () => {
    const once = fill("<!-- x -->\n<!-- /x -->", "x", "new");
    expect(fill(once, "x", "new")).toBe(once);
  });

  it("refuses a page without the marks", () => {
    expect(() => fill("a", "x", "new")).toThrow(/no place for x/);
  });
});

it("excerpt takes what is marked, at the left edge", () => {
  expect(excerpt("f() {\n  // begin\n  one;\n\n    two;\n  // end\n}")).toBe("one;\n\n  two;");
});

it("withImports shows what to import, but for files of one's own", () => {
  const source = 'import { a } from "a";\nimport type { B } from "./b.ts";\nf() {\n  // begin\n  a();\n  // end\n}';
  expect(withImports(source)).toBe('import { a } from "a";\n\na();');
});

it("figuresTable shows a figure that was not measured as such", () => {
  const table = figuresTable({ "7702": { J0: { txGas: 91_000, execGas: 62_000 } }, factory: {} });
  expect(table).toContain("| Transfer of a token, signed by the owner | 91,000 | – |");
});
