import { expect, it } from "vitest";
import { judgeMachine } from "./machine.ts";

const machine = (machineId: string | null, instanceId: string | null = null) => ({ machineId, instanceId });

it.each([
  ["of no machine learns this one", undefined, machine("a", "x"), { kind: "learned", machine: machine("a", "x") }],
  ["of this machine is its own", machine("a", "x"), machine("a", "x"), { kind: "same" }],
  ["of this machine learns what it did not say before", machine("a"), machine("a", "x"), { kind: "learned", machine: machine("a", "x") }],
  ["of this machine stays, where it says less now", machine("a", "x"), machine(null), { kind: "same" }],
  ["of another machine is another's", machine("a", "x"), machine("b", "x"), { kind: "another", which: "machine id" }],
  [
    "of another instance is another's, although the image kept the machine id",
    machine("a", "x"),
    machine("a", "y"),
    { kind: "another", which: "instance id" },
  ],
  ["of nothing that can be known stays", machine(null), machine(null), { kind: "same" }],
] as const)("an identity %s", (_, kept, found, verdict) => expect(judgeMachine(kept, found)).toEqual(verdict));
