import { expect, it } from "vitest";
import { member } from "./mesh.fixture.ts";
import { byId, namesOf } from "./names.ts";

it("leaves domains out where no two names become the same", () => {
  const names = ["db-1.fra.example.net", "db-2.fra.example.net", "web-1.fra.example.net", "web-1.ams.example.net", "10.0.0.1", "switch"];
  const nameOf = namesOf(byId(names.map((name) => member(name))));
  expect(names.map((name) => nameOf(`id-${name}`))).toEqual([
    "db-1",
    "db-2",
    "web-1.fra.example.net",
    "web-1.ams.example.net",
    "10.0.0.1",
    "switch",
  ]);
  expect(nameOf("UTC")).toBe("UTC");
  expect(nameOf("0123456789")).toBe("01234567…");
});
