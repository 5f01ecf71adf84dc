import { randomInt } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity } from "./process-facts.ts";
import { errorCode, fileTrouble, StartupError } from "./startup-error.ts";

/*
 * One Truebound per data folder. A single lock file cannot be taken over safely when its holder has died: between
 * reading it and removing it, another process may have taken it over already. So each process puts down a claim under
 * a name that no other process will ever bear, and only then looks for the claims of others. Of two processes the later
 * one to look sees both claims, so they never both hold; and removing a dead process's claim can hit nothing else.
 */

export interface InstanceLock {
  release(): void;
}

/** The boot id is part of it, because start times count from boot: a reboot may repeat both numbers. */
export interface Claim extends ProcessIdentity {
  readonly bootId: string;
}

const ATTEMPTS = 5;

export async function lockInstance(folder: string, dataDir: string): Promise<InstanceLock> {
  const own = ownClaim();
  for (let attempt = 1; ; attempt += 1) {
    const other = stakeClaim(folder, own);
    if (other === undefined) return { release: () => withdraw(folder, own) };
    if (attempt === ATTEMPTS || other.pid === own.pid) throw inUse(dataDir, other.pid);
    // Two that start in the same moment both withdraw; unequal pauses let one of them through.
    await pause(randomInt(20, 120));
  }
}

/** Undefined when the claim stands alone; else the claim is withdrawn and the other one returned. */
function stakeClaim(folder: string, own: Claim): Claim | undefined {
  if (!writeClaim(folder, own)) return own;
  const [other] = clearDead(folder, own);
  if (other !== undefined) withdraw(folder, own);
  return other;
}

function writeClaim(folder: string, own: Claim): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, claimName(own)), "", { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" && readdirOrNone(folder).includes(claimName(own))) return false;
    throw fileTrouble(`write into ${folder}`, error);
  }
}

/** Removes the claims of the dead and returns those of the living. */
function clearDead(folder: string, own: Claim): readonly Claim[] {
  const living: Claim[] = [];
  for (const name of readdirOrNone(folder)) {
    const claim = parseClaimName(name);
    if (claim === undefined || name === claimName(own)) continue;
    if (claim.bootId === own.bootId && isRunning(claim)) living.push(claim);
    else rmSync(join(folder, name), { force: true });
  }
  return living;
}

function readdirOrNone(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") return [];
    throw fileTrouble(`read ${folder}`, error);
  }
}

const withdraw = (folder: string, own: Claim): void => rmSync(join(folder, claimName(own)), { force: true });

export const claimName = ({ pid, startTicks, bootId }: Claim): string => `${pid}.${startTicks}.${bootId}`;

export function parseClaimName(name: string): Claim | undefined {
  const [, pid, startTicks, bootId] = /^(\d+)\.(\d+)\.([0-9a-f-]+)$/.exec(name) ?? [];
  if (pid === undefined || startTicks === undefined || bootId === undefined) return undefined;
  return { pid: Number(pid), startTicks, bootId };
}

function ownClaim(): Claim {
  const identity = identify(process.pid);
  if (identity === undefined) {
    throw new StartupError(`Cannot read /proc/${process.pid}/stat: mount /proc, or set DATABASE_URL`, 78);
  }
  return { ...identity, bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() };
}

const inUse = (dataDir: string, pid: number): StartupError =>
  new StartupError(
    `Cannot use the data folder ${dataDir}: Truebound already runs on it as process ${pid}; ` +
      "stop that one, or set TRUEBOUND_DATA_DIR to another folder",
    1,
  );
