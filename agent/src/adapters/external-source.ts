import { EvidenceIntake, type IntakePorts } from "../interval-source/evidence-intake.ts";
import type { IntervalSource, SourceSays, StatedTrouble, Taken } from "../interval-source/ports.ts";
import { RestartPause } from "../interval-source/restart-pause.ts";
import { type Source, startsProgram } from "../probe/source.ts";
import { type EvidenceStream, type OpenStream, programStream, type StreamEnd, socketStream } from "./evidence-stream.ts";

/** Whoever opened a conversation and says nothing is tried anew. */
const SILENT_MS = 60_000;

/** What a program says of a clock, over its socket or as a child. Begun at once, and again whenever it ends; what is said waits to be taken. */
export class ExternalSource implements IntervalSource {
  readonly kind = "external";
  readonly assumes = ["external_declared"];
  readonly #intake: EvidenceIntake;
  readonly #open: OpenStream;
  readonly #pause = new RestartPause();
  #stream: EvidenceStream | null = null;
  #timer: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #openedAt: number | null = null;
  #end: StreamEnd | null = null;
  #isClosed = false;
  #restarts = 0;

  constructor(open: OpenStream, ports: IntakePorts) {
    this.#open = open;
    this.#intake = new EvidenceIntake(ports);
    this.#begin();
  }

  get refusals(): ReadonlyMap<string, number> {
    return this.#intake.refusals;
  }

  take(): Promise<Taken> {
    const reason: StatedTrouble = this.#end ?? "external_silent";
    return Promise.resolve(this.#intake.taken() ?? { kind: "refused", reason });
  }

  says(): SourceSays {
    return { ...this.#intake.says(), restarts: this.#restarts };
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stream?.close();
  }

  #begin(): void {
    this.#openedAt = null;
    this.#intake.begin();
    this.#stream = this.#open({
      opened: () => {
        [this.#openedAt, this.#end] = [performance.now(), null];
        this.#heard();
      },
      bytes: (chunk) => {
        this.#heard();
        return this.#intake.take(chunk);
      },
      ended: (why) => this.#ended(why),
    });
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#stream?.close(), SILENT_MS);
    this.#silence.unref();
  }

  #ended(why: StreamEnd): void {
    clearTimeout(this.#silence);
    this.#end = why;
    if (this.#isClosed) return;
    this.#restarts += 1;
    const lasted = this.#openedAt === null ? 0 : performance.now() - this.#openedAt;
    this.#timer = setTimeout(() => this.#begin(), this.#pause.next(lasted));
    this.#timer.unref();
  }
}

/** By what stands in the settings: `external:exec:/PROGRAM …` is started, any other place is a socket. */
export function openExternal(source: Source, ports: Omit<IntakePorts, "document">): IntervalSource {
  const stream = startsProgram(source) ? programStream(source.host.slice("exec:".length), source.words ?? []) : socketStream(source.host);
  return new ExternalSource(stream, { ...ports, document: source.options?.document ?? null });
}
