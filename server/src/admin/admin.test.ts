import { expect, it } from "vitest";
import { type AdminPorts, administer } from "./admin.ts";
import type { AdminHost } from "./ports.ts";
import type { HostChange } from "./requests.ts";

/** One host, whose state is all that changes. */
function fleetOf(state: AdminHost["state"]): { ports: AdminPorts; state: () => AdminHost["state"] } {
  let now = state;
  const store = {
    host: async () => ({ id: "1", name: "db-1", state: now, labels: {} }),
    setState: async (_: string, to: AdminHost["state"]) => {
      now = to;
      return true;
    },
  };
  return { ports: { store } as unknown as AdminPorts, state: () => now };
}

const change = (ports: AdminPorts, to: HostChange) => administer(ports, { do: "set_host", host: "db-1", to });

it.each<[AdminHost["state"], HostChange, AdminHost["state"]]>([
  ["pending", "approve", "active"],
  ["active", "suspend", "suspended"],
  ["suspended", "resume", "active"],
  ["pending", "revoke", "revoked"],
])("of a host that is %s, %s makes one that is %s", async (from, to, state) => {
  const fleet = fleetOf(from);
  expect((await change(fleet.ports, to)).code).toBe(0);
  expect(fleet.state()).toBe(state);
});

it("lets no host in that nobody approved, by suspending and resuming it", async () => {
  const fleet = fleetOf("pending");
  for (const to of ["suspend", "resume"] as const) expect((await change(fleet.ports, to)).code).toBe(1);
  expect(fleet.state()).toBe("pending");
  expect((await change(fleet.ports, "suspend")).err).toBe(
    "Cannot suspend db-1: it is pending, and may report nothing until it is approved; revoke refuses it for good\n",
  );
});
