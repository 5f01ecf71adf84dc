export type Asked = "end" | "reload";

const MEANINGS = { SIGTERM: "end", SIGINT: "end", SIGHUP: "reload" } as const satisfies Readonly<Record<string, Asked>>;

/** What signals ask of a running agent, none lost: what came while nobody waited is told to who waits next, and an end wins. */
export class RunSignals {
  #asked: Asked | null = null;
  #tell: ((asked: Asked) => void) | null = null;
  readonly #handlers = Object.entries(MEANINGS).map(
    ([signal, asked]) => [signal as keyof typeof MEANINGS, () => this.#hear(asked)] as const,
  );

  constructor() {
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  /** Resolves with what is asked; an end that was asked stays asked. */
  next(): Promise<Asked> {
    const asked = this.#asked;
    if (asked === null) return new Promise((resolve) => (this.#tell = resolve));
    if (asked === "reload") this.#asked = null;
    return Promise.resolve(asked);
  }

  /** Back to what signals do by themselves. */
  close(): void {
    this.#forget("end");
    this.#forget("reload");
  }

  #forget(meaning: Asked): void {
    for (const [signal, handler] of this.#handlers) if (MEANINGS[signal] === meaning) process.off(signal, handler);
  }

  #hear(asked: Asked): void {
    if (this.#asked !== "end") this.#asked = asked;
    // Who asks a second time will not wait: the signal then does what it does by itself.
    if (asked === "end") this.#forget("end");
    const tell = this.#tell;
    if (tell === null) return;
    this.#tell = null;
    tell(this.#asked);
    if (this.#asked === "reload") this.#asked = null;
  }
}
