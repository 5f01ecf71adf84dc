import type { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileTrouble, StartupError } from "../embedded-postgres/startup-error.ts";
import { certificatesIn } from "./token-crypto.ts";

/** Who vouches for a time-stamping authority. */
export function readRoots(path: string): X509Certificate[] {
  try {
    const roots = certificatesIn(readFileSync(path, "utf8"));
    if (roots.length > 0) return roots;
  } catch (error) {
    throw fileTrouble(`use ${path} (TRUEBOUND_TSA_CA_FILE)`, error);
  }
  throw new StartupError(`Cannot use ${path} (TRUEBOUND_TSA_CA_FILE): there is no certificate in PEM in it`, 78);
}
