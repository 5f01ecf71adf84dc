import type { StampAnswer, StampRow } from "@truebound/wire";
import { expect, it } from "vitest";
import { shownFirst } from "../views/audit/questions/stamps-told.ts";
import { stampParts, withPart } from "./stamp-parts.ts";

it("cuts a file at ends of lines, and loses none of it", () => {
  const text = "\uFEFFa,1\r\nb,2\n\nc,3\nd,4\n";
  const parts = stampParts(text, 2);
  expect(parts.map(({ csv }) => csv).join("\n")).toBe("a,1\r\nb,2\n\nc,3\nd,4");
  expect(parts.map(({ shift, lines }) => [shift, lines])).toEqual([
    [0, 2],
    [2, 2],
    [4, 1],
  ]);
  expect(stampParts("a,1", 2)).toHaveLength(1);
  expect(stampParts("", 2)).toEqual([]);
});

it("puts a header on each piece, and numbers lines as the file does", () => {
  const text = 'id,"Host", timestamp\n1,a,1\n2,b,2\n3,c,3\n';
  const parts = stampParts(text, 2);
  expect(parts.map(({ csv }) => csv.split("\n")[0])).toEqual(['id,"Host", timestamp', 'id,"Host", timestamp']);
  // As the server numbers them: the header is line 1 of each piece.
  const rows = parts.map(({ csv }) =>
    csv.split("\n").flatMap((line, at) => (line.startsWith("id") ? [] : [{ line: at + 1, id: line[0] }])),
  );
  const all = parts.reduce<StampAnswer | null>(
    (before, part, at) => withPart(before, part, { items: rows[at] } as unknown as StampAnswer),
    null,
  );
  expect(all?.items.map(({ line, id }) => [line, id])).toEqual([
    [2, "1"],
    [3, "2"],
    [4, "3"],
  ]);
});

it("keeps header and numbers where blank lines come first", () => {
  const parts = stampParts("\nhost,timestamp\na,1\nb,2\n", 1);
  expect(parts.map(({ csv, shift }) => [csv, shift])).toEqual([
    ["", 0],
    ["host,timestamp", 1],
    ["host,timestamp\na,1", 1],
    ["host,timestamp\nb,2", 2],
  ]);
});

it("shows of many answers those first that are no proof, in the order of the file", () => {
  const row = (line: number, inside: StampRow["inside"]) => ({ line, inside, error: null }) as StampRow;
  const rows = [row(1, "yes"), row(2, "not_provable"), row(3, "yes"), row(4, "no")];
  expect(shownFirst(rows, 4)).toEqual(rows);
  expect(shownFirst(rows, 3).map(({ line }) => line)).toEqual([4, 2, 1]);
});
