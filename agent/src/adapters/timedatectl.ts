import { type ExecFileException, execFile } from "node:child_process";
import type { DisciplineSaying } from "../observe/ntpd.ts";
import type { Testimony, WitnessTrouble } from "../observe/ports.ts";
import { parseTimesyncd } from "../observe/timesyncd.ts";

const LIMITS = {
  timeout: 2000,
  maxBuffer: 64 * 1024,
  killSignal: "SIGKILL",
  // Not the agent's own PATH: which program speaks for the daemon is not for the environment to say.
  env: { PATH: "/usr/bin:/bin", LC_ALL: "C", SYSTEMD_COLORS: "0", SYSTEMD_PAGER: "" },
} as const;

/** Asks systemd-timesyncd, through timedatectl and the system's bus: no shell, two seconds, 64 KiB. Never rejects. */
export function askTimesyncd(program = "timedatectl"): Promise<Testimony<DisciplineSaying>> {
  return new Promise((resolve) => {
    execFile(program, ["timesync-status"], LIMITS, (error, stdout, stderr) => {
      if (error !== null) {
        const said = stderr.trim().split("\n")[0] || error.message.split("\n")[0];
        return resolve({ kind: troubleOf(error), why: `Cannot ask timesyncd through timedatectl: ${said}` });
      }
      const read = parseTimesyncd(stdout);
      if ("field" in read) resolve({ kind: "malformed", why: `Cannot read what timedatectl says: ${read.field}: "${read.text}"` });
      else resolve({ kind: "ok", value: read, malformed: [] });
    });
  });
}

function troubleOf({ code, killed }: ExecFileException): WitnessTrouble {
  if (code === "ENOENT") return "absent";
  if (code === "EACCES" || code === "EPERM") return "denied";
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "too_long";
  return killed === true ? "timeout" : "failed";
}
