/**
 * Draws the boxes of docs/WIRE-FORMAT.md from `test/vectors/layouts.json`, which tests of both languages read too.
 *
 *     node scripts/generate-wire-format.ts [--check]
 */
import { readFileSync } from "node:fs";
import { drawCoded, drawRecord, drawWord, type Layouts } from "./generate/boxes.ts";
import { fill } from "./generate/fill.ts";
import { writeOrCheck } from "./generate/writeOrCheck.ts";

const PAGE = "docs/WIRE-FORMAT.md";
const layouts = JSON.parse(readFileSync("test/vectors/layouts.json", "utf8")) as Layouts;

let page = readFileSync(PAGE, "utf8");
const put = (name: string, boxes: string) => {
  page = fill(page, name, `\`\`\`text\n${boxes}\n\`\`\``);
};
for (const [name, fields] of Object.entries(layouts.words)) put(name, drawWord(fields));
for (const [name, fields] of Object.entries(layouts.records)) put(name, `${name}\n${drawRecord(fields)}`);
put("steps", drawCoded(layouts.steps));
writeOrCheck(PAGE, page, "node scripts/generate-wire-format.ts");
