import { expect, it } from "vitest";
import { arrivingWords } from "./arriving-words.ts";

it.each([
  [{ is_ahead: false, delivered_until: null }, null],
  [{ is_ahead: true, delivered_until: null }, "past still arriving"],
  [{ is_ahead: true, delivered_until: "2026-11-23T14:50:03.5Z" }, "past still arriving: since 2026-11-23 14:50:03 UTC"],
])("%j", (host, words) => expect(arrivingWords(host)).toBe(words));
