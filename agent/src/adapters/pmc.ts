import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Malformed } from "../observe/chronyc.ts";
import type { Testimony } from "../observe/ports.ts";
import { PMC_QUESTIONS, type PtpSaying, parsePmc } from "../observe/ptp4l.ts";
import { LOOK_QUESTIONS, type PtpLook, readPtpLook } from "../ptp/ptp-look.ts";
import { runBounded } from "./bounded-program.ts";

export interface PmcOptions {
  /** Program, where not found on the system's own path. */
  readonly program?: string;
  /** Where ptp4l listens; absent = its socket for questions alone (linuxptp 3.2), else its only one. */
  readonly socket?: string;
  /** Of IEEE 1588; 0 where absent. */
  readonly domain?: number;
}

const SOCKETS = ["/var/run/ptp4lro", "/var/run/ptp4l"] as const;
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Asks ptp4l what it says of itself. Never rejects. */
export const askPtp4l = (options: PmcOptions = {}): Promise<Testimony<PtpSaying>> => asked(options, PMC_QUESTIONS, parsePmc);

/** Asks ptp4l for the data sets that a bound is made of, in one call. Never rejects. */
export const lookAtPtp4l = (options: PmcOptions = {}): Promise<Testimony<PtpLook>> => asked(options, LOOK_QUESTIONS, readPtpLook);

/**
 * Through pmc over ptp4l's local socket, questions only. pmc needs a socket of its own to be answered at; it is made in a
 * folder that nobody else may enter, and goes with it.
 */
async function asked<T extends object>(
  { program = "pmc", socket = SOCKETS.find((path) => existsSync(path)) ?? SOCKETS[1], domain = 0 }: PmcOptions,
  questions: readonly string[],
  read: (text: string) => T | Malformed,
): Promise<Testimony<T>> {
  const folder = ownFolder();
  if (folder === null) return { kind: "failed", why: "Cannot ask ptp4l: no folder for a socket of our own can be made" };
  try {
    const args = ["-u", "-b", "0", "-d", String(domain), "-i", join(folder, "pmc"), "-s", socket, ...questions];
    const said = await ask(program, args, read);
    // pmc waits for a tenth of a second: once may be too short on a busy machine.
    return said.kind === "timeout" ? await ask(program, args, read) : said;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where ptp4l sees it too: under systemd /tmp is the service's own (PrivateTmp), and an answer to a path in it finds nobody. */
function ownFolder(): string | null {
  try {
    return mkdtempSync(join(process.env.RUNTIME_DIRECTORY || tmpdir(), "pmc-"));
  } catch {
    return null;
  }
}

async function ask<T extends object>(
  program: string,
  args: readonly string[],
  read: (text: string) => T | Malformed,
): Promise<Testimony<T>> {
  const end = await runBounded(program, args, { path: PATH });
  if (end.kind !== "ok") return { kind: end.kind, why: `Cannot ask ptp4l through pmc: ${end.said}` };
  // It ends well where nobody answered, and has said only what it asked; it does not say whether anybody was there to answer.
  if (!end.stdout.includes(" RESPONSE "))
    return { kind: "timeout", why: "Cannot ask ptp4l through pmc: no answer at its socket, or not to this user" };
  const said = read(end.stdout);
  return isMalformed(said)
    ? { kind: "malformed", why: `Cannot read what pmc says: ${said.field}: "${said.text}"` }
    : { kind: "ok", value: said, malformed: [] };
}

const isMalformed = (said: object): said is Malformed => "field" in said;
