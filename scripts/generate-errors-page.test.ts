import { expect, it } from "vitest";
import { errorsPage, parseErrors } from "./generate-errors-page.ts";

const SOURCE = `
/// @title Every way to say no
/// @notice Times are seconds.
interface IErrors {
    // ------------------------------ who may call

    /// @notice One thing
    /// over two lines.
    error First(address account, uint256 amount);
    /// @notice Another.
    error Second();
    // ------------------------------ what it may cost

    /// @notice Too many parameters for one line.
    error Third(
        uint256 cap,
        uint256 spent
    );
}
`;

it("reads every error under its section", () => {
  const { introduction, sections } = parseErrors(SOURCE);
  expect(introduction).toBe("Times are seconds.");
  expect(sections.map(({ title, errors }) => [title, errors.map(({ name }) => name)])).toEqual([
    ["who may call", ["First", "Second"]],
    ["what it may cost", ["Third"]],
  ]);
  expect(sections[0]?.errors[0]).toEqual({ name: "First", parameters: ["address account", "uint256 amount"], notice: "One thing over two lines." });
  expect(sections[1]?.errors[0]?.parameters).toEqual(["uint256 cap", "uint256 spent"]);
});

it("writes one heading for each error, which the SDK links to", () => {
  const page = errorsPage(SOURCE);
  expect(page.match(/^### .*$/gm)).toEqual(["### First", "### Second", "### Third"]);
  expect(page).toContain("in 3 ways");
});
