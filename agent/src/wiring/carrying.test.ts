import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CARRIER_ORIGIN, DEFAULT_POLICY } from "@truebound/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CarrierFiles } from "../adapters/carrier-files.ts";
import { IdentityFiles } from "../adapters/identity-file.ts";
import { NOTHING_CARRIED } from "../carrier/carried-state.ts";
import { NO_PROXY } from "../proxy/proxy-settings.ts";
import type { Asked } from "../report/asked.ts";
import { MemoryStore } from "../spool/memory-store.fixture.ts";
import { PROCESS_ALARM } from "../timers.ts";
import { startCarrying } from "./carrying.ts";
import { DIAL_HTTP } from "./server-trust.ts";

const AGENT = "00000000-0000-4000-8000-000000000001";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "carrying-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** A receipt that came back in a file, with all that a server may ask beside its policy. */
const receipt = {
  version: 1,
  verdict: "stored",
  seq: 1,
  epoch: 1,
  expected_seq: 1,
  checkpointed_seq: null,
  statement: { hash: "0".repeat(64), received_at_ns: "0", signature: "s".repeat(86) },
  server_time_ns: "0",
  server_uncertainty_ns: null,
  tls_pins: [],
  policy: DEFAULT_POLICY,
  assignment: { version: "1" },
  burst: "7",
  flight: "11",
  rehearsal: { id: "r" },
};

it("takes the policy of what came back, and nothing that was asked of a present that is past", async () => {
  const files = new IdentityFiles(dataDir);
  const signer = files.signer();
  files.keep({ version: 1, agent: AGENT, server: CARRIER_ORIGIN, epoch: 1, receiptKey: "k", pins: [], fresh: true });
  const heard = [{ kind: "answer", status: 200, body: receipt, retryAfterSeconds: null }] as const;
  new CarrierFiles(dataDir).keep({ ...NOTHING_CARRIED, exported: 1, answered: 1, heard });
  const told: unknown[] = [];
  const reporting = startCarrying({
    config: { dataDir, tokenFile: null, keepTokenFile: false, name: "vault", labels: {}, proxy: NO_PROXY },
    server: new URL(CARRIER_ORIGIN),
    agent: {
      offerPolicy: (policy) => void told.push(["policy", policy]),
      offerAssignment: (assignment) => void told.push(["assignment", assignment]),
      heed: (asked: Asked) => void told.push(["asked", asked]),
      isSilent: false,
      flightsTo: () => undefined,
      lost: (batches) => void told.push(["lost", batches]),
      note: () => undefined,
      enrolled: () => undefined,
    },
    clocks: {
      read: () => {
        throw new Error("nothing is sent");
      },
    },
    files,
    signer,
    openStore: () => new MemoryStore(),
    dial: DIAL_HTTP,
    alarm: PROCESS_ALARM,
    random: () => 0.5,
    bootId: "boot",
    machine: { machineId: null, instanceId: null },
    pins: [],
    log: () => undefined,
  });
  await reporting.ended;
  await reporting.stop("ends");
  expect(told).toEqual([["policy", DEFAULT_POLICY]]);
});
