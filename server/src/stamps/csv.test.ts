import fc from "fast-check";
import { expect, it } from "vitest";
import { csvField, splitCsv } from "./csv.ts";

it.each([
  ["a,b,c", ["a", "b", "c"]],
  [" a , b ,", ["a", "b", ""]],
  ['"a,b","say ""no""",', ["a,b", 'say "no"', ""]],
  ["", [""]],
  ['"a', expect.stringContaining("no end")],
  ['"a"b,c', expect.stringContaining("something follows")],
])("splits %s", (line, fields) => expect(splitCsv(line)).toEqual(fields));

it("reads what it wrote, whatever a field holds within a line", () => {
  const field = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
      const line = fields.map((text) => (text === text.trim() ? csvField(text) : `"${text.replaceAll('"', '""')}"`)).join(",");
      expect(splitCsv(line)).toEqual(fields);
    }),
  );
});
