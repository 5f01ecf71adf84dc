import type { FindingKind } from "@truebound/wire";
import { expect, it } from "vitest";
import type { Cause } from "./cause.ts";
import type { FleetCounts } from "./fleet-index.ts";
import { titleOf } from "./incident-words.ts";

const CAUSE = { kind: "source", key: "source:192.0.2.1", name: "192.0.2.1" } as Cause;
const FLEET = { usersOf: () => ["1", "2", "3", "4"] } as unknown as FleetCounts;
const member = (finding: FindingKind, host: string) =>
  ({
    finding,
    severity: "warning",
    certainty: "cannot_prove",
    words: "",
    host: { id: host, name: host, labels: {} },
    key: `${finding}/${host}`,
    isRehearsal: false,
    source: null,
  }) as const;

it.each([
  [["falseticker/1"], "The source 192.0.2.1 is called false by 1 of 4 hosts that use it"],
  [["falseticker/1", "source_lost/2"], "The source 192.0.2.1 is called false by 1 and is lost to 1 of 4 hosts that use it"],
  [
    ["falseticker/1", "falseticker/2", "proved_outside_limit/2"],
    "The source 192.0.2.1 is called false by 2 of 4 hosts that use it, and it led 1 beyond its limit",
  ],
  [["cannot_prove_limit/1", "no_majority/1"], "The source 192.0.2.1: what followed from it, on 1 of 4 hosts that use it"],
  [
    ["proved_outside_limit/1", "proved_outside_limit/2"],
    "The source 192.0.2.1: what followed from it, on 2 of 4 hosts that use it; it led 2 beyond their limits",
  ],
] as const)("of a source with %j says who calls it what, and what followed from it", (members, words) => {
  const all = members.map((one) => member(one.split("/")[0] as FindingKind, one.split("/")[1] as string));
  expect(titleOf(CAUSE, all, [], FLEET, false)).toBe(words);
});
