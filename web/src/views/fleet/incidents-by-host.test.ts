import { expect, it } from "vitest";
import { incidentOf } from "../incidents/incident.fixture.ts";
import { incidentsByHost } from "./incidents-by-host.ts";

it("finds the worst incident of each host whose own matter it is", () => {
  const of = (id: string, key: string, severity: "critical" | "warning") =>
    incidentOf(id, { severity, cause: { kind: "host", key, name: "" } });
  const found = incidentsByHost([
    of("1", "host:a", "warning"),
    of("2", "host:a:liveness", "critical"),
    of("3", "host:b:key", "warning"),
    incidentOf("4", { cause: { kind: "source", key: "source:10.0.0.9", name: "10.0.0.9" } }),
  ]);
  expect([...found].map(([host, { id }]) => `${host} ${id}`)).toEqual(["a 2", "b 3"]);
});
