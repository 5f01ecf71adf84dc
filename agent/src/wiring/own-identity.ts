import { existsSync } from "node:fs";
import type { IdentityFiles } from "../adapters/identity-file.ts";
import type { Log } from "../log/log-line.ts";
import { judgeMachine, type Machine } from "../report/machine.ts";
import type { Identity } from "../report/ports.ts";

/**
 * A disk image that was made of an enrolled host carries its identity to every machine that starts from it. What was made on
 * another machine is set aside with its spool, unsent, before anything is signed by it. Returns what was, or null.
 */
export function discardForeign(files: IdentityFiles, machine: Machine, log: Log): Identity | null {
  const identity = files.identity();
  if (identity === null) return null;
  const verdict = judgeMachine(identity.machine, machine);
  if (verdict.kind === "learned") files.keep({ ...identity, machine: verdict.machine });
  if (verdict.kind !== "another") return null;
  const folder = files.setAside();
  log(
    "warn",
    `this machine is not the one that was enrolled as ${identity.agent} (another ${verdict.which}): its identity, key and reports came with a copy and are set aside in ${folder}`,
  );
  return identity;
}

/** True when an enrolment can be tried with a token: the file is there. */
export const hasToken = (tokenFile: string | null): boolean => tokenFile !== null && existsSync(tokenFile);
