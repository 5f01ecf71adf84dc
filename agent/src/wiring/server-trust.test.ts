import { expect, it } from "vitest";
import { NO_PROXY } from "../proxy/proxy-settings.ts";
import { KnownServer } from "./server-trust.ts";

const quiet = () => undefined;

it("the operator's pins count beside those that were kept, until the server says which are in force", () => {
  const kept = { receiptKey: "r", pins: ["a"] };
  expect(new KnownServer({ ...kept, pins: [] }, quiet, { proxy: NO_PROXY, told: ["b"] }).pins).toEqual(["b"]);
  expect(new KnownServer(null, quiet, { proxy: NO_PROXY, told: ["b"] }).pins).toEqual(["b"]);
  expect(new KnownServer(kept, quiet, { proxy: NO_PROXY }).pins).toEqual(["a"]);
  const known = new KnownServer(kept, quiet, { proxy: NO_PROXY, told: ["b", "a"] });
  expect(known.pins).toEqual(["a", "b"]);
  known.learn({ pins: ["c"] });
  expect(known.pins).toEqual(["c"]);
});
