import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Testimony } from "../observe/ports.ts";
import { PMC_QUESTIONS, type PtpSaying, parsePmc } from "../observe/ptp4l.ts";
import { runBounded } from "./bounded-program.ts";

export interface PmcOptions {
  /** Program, where not found on the system's own path. */
  readonly program?: string;
  /** Where ptp4l listens; absent = its socket for questions alone (linuxptp 3.2), else its only one. */
  readonly socket?: string;
}

const SOCKETS = ["/var/run/ptp4lro", "/var/run/ptp4l"] as const;
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Asks ptp4l through pmc over its local socket, questions only. pmc needs a socket of its own to be
 * answered at; it is made in a folder that nobody else may enter, and goes with it. Never rejects.
 */
export async function askPtp4l({
  program = "pmc",
  socket = SOCKETS.find((path) => existsSync(path)) ?? SOCKETS[1],
}: PmcOptions = {}): Promise<Testimony<PtpSaying>> {
  const folder = ownFolder();
  if (folder === null) return { kind: "failed", why: "Cannot ask ptp4l: no folder for a socket of our own can be made" };
  const args = ["-u", "-b", "0", "-i", join(folder, "pmc"), "-s", socket, ...PMC_QUESTIONS];
  try {
    const said = await ask(program, args);
    // pmc waits for a tenth of a second: once may be too short on a busy machine.
    return said.kind === "timeout" ? await ask(program, args) : said;
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

async function ask(program: string, args: readonly string[]): Promise<Testimony<PtpSaying>> {
  const end = await runBounded(program, args, { path: PATH });
  if (end.kind !== "ok") return { kind: end.kind, why: `Cannot ask ptp4l through pmc: ${end.said}` };
  // It ends well where nobody answered, and has said only what it asked; it does not say whether anybody was there to answer.
  if (!end.stdout.includes(" RESPONSE "))
    return { kind: "timeout", why: "Cannot ask ptp4l through pmc: no answer at its socket, or not to this user" };
  const read = parsePmc(end.stdout);
  return "field" in read
    ? { kind: "malformed", why: `Cannot read what pmc says: ${read.field}: "${read.text}"` }
    : { kind: "ok", value: read, malformed: [] };
}
