import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostReading } from "@truebound/time";
import { CARRIER_ORIGIN, DEFAULT_POLICY, genesisText } from "@truebound/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CarrierFiles } from "../adapters/carrier-files.ts";
import { IdentityFiles, sha256 } from "../adapters/identity-file.ts";
import { NOTHING_CARRIED } from "../carrier/carried-state.ts";
import { NO_PROXY } from "../proxy/proxy-settings.ts";
import { MemoryStore } from "../spool/memory-store.fixture.ts";
import { seal } from "../spool/sealed-batch.ts";
import { Spool } from "../spool/spool.ts";
import { PROCESS_ALARM } from "../timers.ts";
import { overtaken, startCarrying } from "./carrying.ts";
import { type ReportingParts, startReporting } from "./reporting.ts";
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

/** What a host without clocks reports by. */
function partsOf(files: IdentityFiles, told: (what: string, value: unknown) => void): ReportingParts {
  return {
    config: { dataDir, tokenFile: null, keepTokenFile: false, name: "vault", labels: {}, proxy: NO_PROXY },
    server: new URL(CARRIER_ORIGIN),
    agent: {
      offerPolicy: (policy) => told("policy", policy),
      offerAssignment: (assignment) => told("assignment", assignment),
      heed: (asked) => told("asked", asked),
      isSilent: false,
      flightsTo: () => undefined,
      lost: (batches) => told("lost", batches),
      note: () => undefined,
      enrolled: () => undefined,
    },
    clocks: { read: () => ({ boottime: 1n }) as HostReading },
    files,
    signer: files.signer(),
    openStore: () => new MemoryStore(),
    dial: DIAL_HTTP,
    alarm: PROCESS_ALARM,
    random: () => 0.5,
    bootId: "boot",
    machine: { machineId: null, instanceId: null },
    pins: [],
    log: () => undefined,
  };
}

/** A host that was let in, and to which this came back in a file. */
function carried() {
  const files = new IdentityFiles(dataDir);
  files.signer();
  files.keep({ version: 1, agent: AGENT, server: CARRIER_ORIGIN, epoch: 1, receiptKey: "k", pins: [], fresh: true });
  const heard = [{ kind: "answer", status: 200, body: receipt, retryAfterSeconds: null }] as const;
  const carrier = new CarrierFiles(dataDir);
  carrier.keep({ ...NOTHING_CARRIED, exported: 3, answered: 2, heard });
  return { files, carrier };
}

it("takes the policy of what came back, and nothing that was asked of a present that is past", async () => {
  const told: unknown[] = [];
  const reporting = startCarrying(partsOf(carried().files, (what, value) => told.push([what, value])));
  await reporting.ended;
  await reporting.stop("ends");
  expect(told).toEqual([["policy", DEFAULT_POLICY]]);
});

it("hears nothing again that a road has overtaken: the server is further, and the spool has let go of what it wanted then", async () => {
  const { files, carrier } = carried();
  const store = new MemoryStore();
  const begin = { agent: AGENT, epoch: 1, seq: 0, hash: sha256.hex(genesisText(AGENT, 1)) };
  new Spool(store).append(seal(begin, Buffer.from("body"), sha256));
  let isHeard: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => {
    isHeard = resolve;
  });
  const postBatches = async () =>
    ({ kind: "answer", status: 200, body: { ...receipt, expected_seq: 2 }, retryAfterSeconds: null }) as const;
  const none = async () => ({ kind: "no_answer", reason: "not asked here" }) as const;
  const reporting = startReporting({
    ...partsOf(files, (what) => what === "asked" && isHeard()),
    server: new URL("https://time.example/"),
    openStore: () => store,
    dial: () => ({ postBatches, post: none, postSigned: none, close: () => undefined }),
    onRoad: () => overtaken(carrier, () => undefined),
  });
  await heard;
  await reporting.stop("goes_on");
  await reporting.ended;
  expect(carrier.state()).toEqual({ ...NOTHING_CARRIED, exported: 3, answered: 2 });
});
