import { describe, expect, it } from "vitest";
import { textTable } from "./text-table.ts";

describe("a table", () => {
  it("is Markdown, and aligned", () => {
    expect(textTable(["link", "µs"], [["loopback", "0.10"], ["veth"]])).toBe(
      ["| link     |   µs |", "| -------- | ---: |", "| loopback | 0.10 |", "| veth     |      |"].join("\n"),
    );
  });
});
