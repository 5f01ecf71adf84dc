import { parentPort, workerData } from "node:worker_threads";
import { type HostOutcome, type ReportManifest, type SignedEvidence, verifyHost } from "@truebound/audit";
import { bundleFiles } from "../bundle-folder.ts";
import { verifyPorts } from "./verify-ports.ts";

/** What is inflated, hashed or sent is of a few KiB, and there is much of it: room for many is made at once. */
Buffer.poolSize = 1024 * 1024;

export interface ThreadData extends SignedEvidence {
  readonly place: string;
}

const { place, ...evidence } = workerData as ThreadData;
const ports = { ...verifyPorts, files: bundleFiles(place) };

/** It is asked for a host by its index, and answers with what was found. */
parentPort?.on("message", (index: number) => {
  const host = evidence.manifest.hosts[index] as ReportManifest["hosts"][number];
  void verifyHost(evidence, host, ports).then((outcome: HostOutcome) => parentPort?.postMessage(outcome));
});
