import { readdirSync, rmSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { hydrateLinks } from "./library-links.ts";
import type { PlatformPackage } from "./platform-package.ts";
import { nameOf } from "./run-as.ts";
import { type RunAs, runProgram } from "./run-program.ts";
import { fileTrouble, messageOf, StartupError } from "./startup-error.ts";
import { statIfAny } from "./stat-if-any.ts";

export interface Programs {
  readonly postgres: string;
  readonly initdb: string;
}

const PROBE_TIMEOUT_MS = 20_000;

/** The programs where npm put them if their user can run them there, else a copy in the data folder. */
export async function preparePrograms(
  pack: PlatformPackage,
  copies: string,
  runAs: RunAs | undefined,
  log: (message: string) => void,
): Promise<Programs> {
  const trouble = hydrateTrouble(pack.native) ?? (await runTrouble(pack.native, runAs));
  if (trouble === undefined) return programsIn(pack.native);
  const copy = join(copies, pack.version);
  if (!isCopyOf(pack.native, copy) || (await runTrouble(copy, runAs)) !== undefined) {
    log(`Copying the PostgreSQL programs to ${copy}, because they cannot be used in place: ${trouble}`);
    await replaceCopy(pack.native, copies, copy);
  }
  const remaining = await runTrouble(copy, runAs);
  if (remaining !== undefined) throw cannotRun(copy, runAs, remaining);
  return programsIn(copy);
}

const programsIn = (native: string): Programs => ({
  postgres: join(native, "bin", "postgres"),
  initdb: join(native, "bin", "initdb"),
});

function cannotRun(copy: string, runAs: RunAs | undefined, trouble: string): StartupError {
  return new StartupError(
    `Cannot run the embedded PostgreSQL in ${copy} as ${nameOf(runAs)}: ${trouble}; ` +
      "the programs need glibc and a disk that allows them to run; mend that, or set DATABASE_URL",
    78,
  );
}

function hydrateTrouble(native: string): string | undefined {
  try {
    hydrateLinks(native);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Asks the kernel and the loader instead of guessing: runs the program as the user that shall run it. */
async function runTrouble(native: string, runAs: RunAs | undefined): Promise<string | undefined> {
  const { postgres } = programsIn(native);
  const outcome = await runProgram(postgres, ["--version"], { runAs, timeoutMs: PROBE_TIMEOUT_MS });
  return outcome.ok ? undefined : `${nameOf(runAs)} cannot run ${postgres} (${outcome.text})`;
}

async function replaceCopy(native: string, copies: string, copy: string): Promise<void> {
  const unfinished = `${copy}-unfinished`;
  try {
    rmSync(unfinished, { recursive: true, force: true });
    await mkdir(copies, { recursive: true });
    await chmod(copies, 0o755);
    await copyTree(native, unfinished);
    hydrateLinks(unfinished);
    rmSync(copy, { recursive: true, force: true });
    await rename(unfinished, copy);
  } catch (error) {
    throw fileTrouble(`copy the PostgreSQL programs to ${copy}`, error);
  }
}

/** Readable by everybody and writable by us alone, whatever the umask of the installation was. Links are made anew. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, 0o755);
    }
  }
}

/** By names and sizes: after a power cut a copy that was renamed in time may still have empty files in it. */
export function isCopyOf(original: string, copy: string): boolean {
  return readdirSync(original, { withFileTypes: true }).every((entry) => {
    const [source, target] = [join(original, entry.name), join(copy, entry.name)];
    if (entry.isDirectory()) return isCopyOf(source, target);
    return !entry.isFile() || statIfAny(source)?.size === statIfAny(target)?.size;
  });
}

/** Copies of other versions. Only when no postmaster runs, which might still load something from there. */
export function removeOtherCopies(copies: string, version: string, log: (message: string) => void): void {
  if (statIfAny(copies) === undefined) return;
  try {
    const others = readdirSync(copies).filter((name) => name !== version);
    for (const name of others) rmSync(join(copies, name), { recursive: true, force: true });
  } catch (error) {
    log(`Left older PostgreSQL programs in ${copies}: ${messageOf(error)}`);
  }
}
