import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { isIPv4 } from "node:net";
import type { IntervalSource } from "../interval-source/ports.ts";
import { parseSource, type Source } from "../probe/source.ts";
import { type OpinionPorts, OpinionSource } from "../second-opinion/opinion-source.ts";
import { type CoarseAnswer, readAnswer } from "../second-opinion/read-answer.ts";
import { resolveIpv4 } from "./resolver.ts";

/** A program under another licence: it is found, and run, and never imported. */
const PROGRAM = "@truebound/source-ntp-time-sync/child";
const MOST_MS = 4_000;
const MOST_BYTES = 4_096;

/** Where it is installed; null = it is not. */
export function opinionProgram(): string | null {
  try {
    return createRequire(import.meta.url).resolve(PROGRAM);
  } catch {
    return null;
  }
}

/** As a source. It runs only while it is asked: between two questions a minute apart it would hold some 40 MiB for nothing. */
export function openOpinion(source: Source, ports: Pick<OpinionPorts, "look" | "steering">): IntervalSource | null {
  const place = parseSource(source.host);
  if (typeof place === "string") return null;
  const child = new OpinionChild();
  const ask = async (address: string, port: number): Promise<CoarseAnswer> => {
    const answer = await child.ask(address, port);
    child.close();
    return answer;
  };
  const end = () => child.close();
  return new OpinionSource(place.host, place.port, { ...ports, ask: opinionProgram() === null ? null : ask, end, resolve: resolveIpv4 });
}

/** Asks it one question at a time. Whatever it does, an answer comes within four seconds, and it is ended when it misbehaves. */
export class OpinionChild {
  readonly #program: string | null;
  #child: ChildProcess | null = null;
  #ids = 0;

  constructor(program: string | null = opinionProgram()) {
    this.#program = program;
  }

  async ask(address: string, port: number): Promise<CoarseAnswer> {
    if (this.#program === null) return { kind: "not_installed" };
    if (!isIPv4(address)) return { kind: "not_ipv4" };
    try {
      this.#child ??= this.#start(this.#program);
    } catch {
      // Some of what hinders a start is thrown, as a want of memory is.
      return { kind: "ended" };
    }
    const id = ++this.#ids;
    const answer = await this.#answer(this.#child, id, `${JSON.stringify({ id, ask: "exchange", host: address, port })}\n`);
    if (MISBEHAVED.has(answer.kind)) this.close();
    return answer;
  }

  close(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }

  #start(program: string): ChildProcess {
    const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "ignore"], env: {} });
    // A pipe to one that has ended is told by its exit as well.
    child.stdin?.on("error", () => undefined);
    return child;
  }

  #answer(child: ChildProcess, id: number, question: string): Promise<CoarseAnswer> {
    return new Promise((resolve) => {
      let text = "";
      const end = (answer: CoarseAnswer) => {
        clearTimeout(timer);
        child.stdout?.off("data", take);
        child.off("exit", gone).off("error", gone);
        resolve(answer);
      };
      const gone = () => end({ kind: "ended" });
      const take = (chunk: Buffer) => {
        text += chunk.toString("latin1");
        const line = text.indexOf("\n");
        if (line === -1 ? text.length > MOST_BYTES : line > MOST_BYTES) end({ kind: "too_much" });
        else if (line !== -1) end(readAnswer(text.slice(0, line), id));
      };
      const timer = setTimeout(() => end({ kind: "no_answer" }), MOST_MS);
      child.stdout?.on("data", take);
      child.once("exit", gone).once("error", gone);
      if (child.exitCode !== null || child.signalCode !== null) return gone();
      child.stdin?.write(question);
    });
  }
}

const MISBEHAVED: ReadonlySet<string> = new Set<CoarseAnswer["kind"]>(["ended", "no_answer", "too_much", "malformed"]);
