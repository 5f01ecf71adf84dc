import { expect, it } from "vitest";
import { takeBuiltins } from "./builtins.ts";

it("what is needed of Node's modules is taken by name, and nothing else is read of them", () => {
  const code = [
    'import { n as own } from "./own.js";',
    'import { readFileSync } from "node:fs";',
    'import { request, request as request$1 } from "node:http";',
    "const text = 'import { a } from \"node:fs\";';",
    "export { own };",
  ];
  expect(takeBuiltins(code.join("\n")).split("\n")).toEqual([
    code[0],
    'const { readFileSync } = process.getBuiltinModule("node:fs");',
    'const { request, request: request$1 } = process.getBuiltinModule("node:http");',
    ...code.slice(3),
  ]);
});

it.each(['import fs from "node:fs";', 'import * as fs from "node:fs";', 'import fs, { open } from "node:fs";', 'import "node:fs";'])(
  "%s is refused",
  (line) => {
    expect(() => takeBuiltins(`${line}\nfs.open();`)).toThrow(`Cannot bundle the agent: ${line} reads all`);
  },
);
