import { expect, it } from "vitest";
import { silencedWords } from "./quiet-words.ts";

it.each([
  ["12", "server", "silence 12: nobody is told"],
  ["sunday", "server", "maintenance sunday: nobody is told"],
  ["12", "prometheus", "silence 12: no effect on Prometheus and Alertmanager, which tell people"],
] as const)("a silencing by %s is said to do what it does where %s tells people", (by, teller, words) =>
  expect(silencedWords(by, teller)).toBe(words),
);
