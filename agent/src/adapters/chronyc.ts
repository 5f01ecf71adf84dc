import { type ExecFileException, execFile } from "node:child_process";
import { type DaemonSource, type DaemonTracking, parseSources, parseTracking } from "../observe/chronyc.ts";
import type { DaemonWitness, Testimony, WitnessTrouble } from "../observe/ports.ts";

export interface ChronycOptions {
  /** Program, where not found on the system's own path. */
  readonly program?: string;
  /** Where chronyd listens for questions; absent = chronyc's own order: its Unix socket, 127.0.0.1, ::1. Numeric addresses only. */
  readonly host?: string;
  readonly port?: number;
  readonly everySeconds?: number;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 2000;
const LARGEST_ANSWER = 64 * 1024;
const EVERY_SECONDS = 30;
/** Not the agent's own PATH: which program speaks for the daemon is not for the environment to say. */
const ENVIRONMENT = { PATH: "/usr/bin:/bin:/usr/local/bin:/usr/sbin", LC_ALL: "C" };

/** chronyd as a witness, asked through chronyc: no shell, two seconds, 64 KiB. */
export class Chronyc implements DaemonWitness {
  readonly everySeconds: number;
  readonly #options: ChronycOptions;

  constructor(options: ChronycOptions = {}) {
    this.#options = options;
    this.everySeconds = options.everySeconds ?? EVERY_SECONDS;
  }

  async sources(): Promise<Testimony<readonly DaemonSource[]>> {
    const answer = await this.#ask("sources");
    if (answer.kind !== "ok") return answer;
    const { sources, malformed } = parseSources(answer.value);
    if (sources.length === 0 && malformed.length > 0)
      return { kind: "malformed", why: `Cannot read chronyc's sources: line 1, field ${malformed[0]?.field}: "${malformed[0]?.text}"` };
    return { kind: "ok", value: sources, malformed };
  }

  async tracking(): Promise<Testimony<DaemonTracking>> {
    const answer = await this.#ask("tracking");
    if (answer.kind !== "ok") return answer;
    const read = parseTracking(answer.value);
    if ("field" in read) return { kind: "malformed", why: `Cannot read chronyc's tracking: field ${read.field}: "${read.text}"` };
    return { kind: "ok", value: read, malformed: [] };
  }

  #ask(command: "sources" | "tracking"): Promise<Testimony<string>> {
    const { program = "chronyc", host, port, timeoutMs = TIMEOUT_MS } = this.#options;
    const target = [...(host === undefined ? [] : ["-h", host]), ...(port === undefined ? [] : ["-p", String(port)])];
    const limits = { timeout: timeoutMs, maxBuffer: LARGEST_ANSWER, env: ENVIRONMENT, killSignal: "SIGKILL" } as const;
    return new Promise((resolve) => {
      execFile(program, ["-c", "-n", ...target, command], limits, (error, stdout, stderr) => {
        if (error === null) return resolve({ kind: "ok", value: stdout, malformed: [] });
        const kind = troubleOf(error, `${stdout}${stderr}`);
        const said = `${stdout}${stderr}`.trim().split("\n")[0] || error.message.split("\n")[0];
        resolve({ kind, why: `Cannot ask chronyd for its ${command}: ${REMEDY[kind]} (${said})` });
      });
    });
  }
}

/** chronyc answers errors with chronyd's own numbers on its output: 501 not authorised, 506 nobody there. */
function troubleOf(error: ExecFileException, said: string): Exclude<WitnessTrouble, "malformed"> {
  if (error.code === "ENOENT") return "absent";
  if (error.code === "EACCES" || error.code === "EPERM" || /\b501\b/.test(said)) return "denied";
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "too_long";
  if (error.killed === true) return "timeout";
  return /\b506\b/.test(said) ? "refused" : "failed";
}

const REMEDY: Readonly<Record<Exclude<WitnessTrouble, "malformed">, string>> = {
  absent: "chronyc is not installed; it comes with chrony",
  denied: "it does not talk to this user; allow UDP port 323 on loopback (cmdport), or run as root",
  refused: "nobody answers; is chronyd running, and its cmdport not 0?",
  timeout: "no answer in time",
  too_long: "the answer is longer than 64 KiB",
  failed: "chronyc failed",
};
