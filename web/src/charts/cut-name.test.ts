import { expect, it } from "vitest";
import { cutName } from "./cut-name.ts";

it.each([
  ["db-1", 12, "db-1"],
  ["demo-colludes-1", 12, "demo-c…des-1"],
  ["demo-colludes-2", 12, "demo-c…des-2"],
  ["demo-colludes-1", 3, "d…1"],
  ["demo-colludes-1", 1, "…"],
])("cuts %s in its middle to %i", (name, most, shown) => expect(cutName(name, ({ length }) => length <= most)).toBe(shown));
