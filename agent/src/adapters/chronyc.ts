import { type DaemonSource, type DaemonTracking, parseSources, parseTracking } from "../observe/chronyc.ts";
import type { DaemonWitness, Testimony, WitnessTrouble } from "../observe/ports.ts";
import { type ProgramEnd, runBounded } from "./bounded-program.ts";

export interface ChronycOptions {
  /** Program, where not found on the system's own path. */
  readonly program?: string;
  /** Where chronyd listens for questions; absent = chronyc's own order: its Unix socket, 127.0.0.1, ::1. Numeric addresses only. */
  readonly host?: string;
  readonly port?: number;
  readonly everySeconds?: number;
  readonly timeoutMs?: number;
}

const EVERY_SECONDS = 30;
/** For so long nobody is there: whoever asks for sources asks for tracking next, and each question is a process. */
const NOBODY_MS = 100;
const PATH = "/usr/bin:/bin:/usr/local/bin:/usr/sbin";

/** chronyd as a witness, asked through chronyc. */
export class Chronyc implements DaemonWitness {
  readonly everySeconds: number;
  readonly #options: ChronycOptions;
  #nobody: { readonly since: number; readonly end: Failed } | null = null;

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

  async #ask(command: "sources" | "tracking"): Promise<Testimony<string>> {
    const end = await this.#end(command);
    if (end.kind === "ok") return { kind: "ok", value: end.stdout, malformed: [] };
    const kind = troubleOf(end);
    return { kind, why: `Cannot ask chronyd for its ${command}: ${REMEDY[kind]} (${end.said})` };
  }

  async #end(command: "sources" | "tracking"): Promise<ProgramEnd> {
    if (this.#nobody !== null && performance.now() - this.#nobody.since < NOBODY_MS) return this.#nobody.end;
    const { program = "chronyc", host, port, timeoutMs } = this.#options;
    const target = [...(host === undefined ? [] : ["-h", host]), ...(port === undefined ? [] : ["-p", String(port)])];
    const limits = { path: PATH, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const end = await runBounded(program, ["-c", "-n", ...target, command], limits);
    const isNobody = end.kind !== "ok" && ["absent", "refused"].includes(troubleOf(end));
    this.#nobody = isNobody ? { since: performance.now(), end } : null;
    return end;
  }
}

type Failed = Exclude<ProgramEnd, { readonly kind: "ok" }>;

/** chronyc answers errors with chronyd's own numbers on its output: 501 not authorised, 506 nobody there. */
function troubleOf({ kind, text }: Failed): Exclude<WitnessTrouble, "malformed"> {
  if (kind !== "failed" && kind !== "timeout") return kind;
  if (/\b501\b/.test(text)) return "denied";
  return kind === "failed" && /\b506\b/.test(text) ? "refused" : kind;
}

const REMEDY: Readonly<Record<Exclude<WitnessTrouble, "malformed">, string>> = {
  absent: "chronyc is not installed; it comes with chrony",
  denied: "it does not talk to this user; allow UDP port 323 on loopback (cmdport), or run as root",
  refused: "nobody answers; is chronyd running, and its cmdport not 0?",
  timeout: "no answer in time",
  too_long: "the answer is longer than 64 KiB",
  failed: "chronyc failed",
};
