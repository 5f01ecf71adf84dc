import { expect, it } from "vitest";
import { causeWords } from "./cause-words.ts";

it.each([
  ["host", "db-1", "host db-1"],
  ["source", "10.0.0.9", "source 10.0.0.9"],
  ["group", "rack=r1", "group rack=r1"],
  ["server", "server", "server"],
  ["server", "the server", "the server"],
  ["fleet", "", "fleet"],
] as const)("calls a %s by its name %s", (kind, name, words) => expect(causeWords({ kind, name })).toBe(words));
