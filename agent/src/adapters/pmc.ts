import { type ExecFileException, execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Testimony, WitnessTrouble } from "../observe/ports.ts";
import { PMC_QUESTIONS, type PtpSaying, parsePmc } from "../observe/ptp4l.ts";

export interface PmcOptions {
  /** Program, where not found on the system's own path. */
  readonly program?: string;
  /** Where ptp4l listens; absent = its socket for questions alone (linuxptp 3.2), else its only one. */
  readonly socket?: string;
}

const SOCKETS = ["/var/run/ptp4lro", "/var/run/ptp4l"] as const;
const LIMITS = {
  timeout: 2000,
  maxBuffer: 64 * 1024,
  killSignal: "SIGKILL",
  // Not the agent's own PATH: which program speaks for the daemon is not for the environment to say.
  env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
} as const;

/**
 * Asks ptp4l through pmc over its local socket: no shell, two seconds, 64 KiB, questions only. pmc needs a socket of its own to be
 * answered at; it is made in a folder that nobody else may enter, and goes with it. Never rejects.
 */
export async function askPtp4l({
  program = "pmc",
  socket = SOCKETS.find((path) => existsSync(path)) ?? SOCKETS[1],
}: PmcOptions = {}): Promise<Testimony<PtpSaying>> {
  const folder = ownFolder();
  if (folder === null) return { kind: "failed", why: "Cannot ask ptp4l: no folder for a socket of our own can be made" };
  try {
    return await ask(program, ["-u", "-b", "0", "-i", join(folder, "pmc"), "-s", socket, ...PMC_QUESTIONS]);
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

const ask = (program: string, args: readonly string[]): Promise<Testimony<PtpSaying>> =>
  new Promise((resolve) => {
    execFile(program, args, LIMITS, (error, stdout, stderr) => {
      const said = `${stderr}${stdout}`.trim().split("\n")[0] ?? "";
      if (error !== null)
        return resolve({ kind: troubleOf(error), why: `Cannot ask ptp4l through pmc: ${said || error.message.split("\n")[0]}` });
      // It ends well where nobody answered, and has said only what it asked.
      if (!stdout.includes(" RESPONSE "))
        return resolve({ kind: "refused", why: "Cannot ask ptp4l through pmc: nobody answers at its socket, or not to this user" });
      const read = parsePmc(stdout);
      if ("field" in read) resolve({ kind: "malformed", why: `Cannot read what pmc says: ${read.field}: "${read.text}"` });
      else resolve({ kind: "ok", value: read, malformed: [] });
    });
  });

function troubleOf({ code, killed }: ExecFileException): WitnessTrouble {
  if (code === "ENOENT") return "absent";
  if (code === "EACCES" || code === "EPERM") return "denied";
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "too_long";
  return killed === true ? "timeout" : "failed";
}
