import type { HostSummary, Incident } from "@truebound/wire";

/** The state of the live stream, always on show: a page that no longer hears anything must say so, and since when (`heard_ms`, monotonic). */
export type LiveState = { readonly kind: "connecting" } | { readonly kind: "live" } | { readonly kind: "down"; readonly heard_ms: number };

export interface LiveListener {
  readonly onHost?: (host: HostSummary) => void;
  /** One that began, changed or ended. */
  readonly onIncident?: (incident: Incident) => void;
  /** After every change of state. */
  readonly onState?: (state: LiveState) => void;
  /** Something may have happened of which nothing was heard: what was asked before should be asked again. */
  readonly onMissed?: () => void;
}

const RETRY_FIRST_MS = 1000;
const RETRY_LONGEST_MS = 15_000;
const QUIET_MS = 60_000;
/** So long a first question waits for the stream, which answers at once where nothing stands between. */
const PATIENCE_MS = 500;

/**
 * One event stream for the whole page. The browser reconnects by itself after a lost connection; after a refusal it gives
 * up, and after a half-open one it never notices: so refused streams are opened again with growing pauses, and a stream
 * that says nothing for a minute is replaced.
 */
export class LiveStream {
  readonly #url: string;
  readonly #listeners = new Set<LiveListener>();
  #state: LiveState = { kind: "connecting" };
  #source: EventSource | null = null;
  #retry_ms = RETRY_FIRST_MS;
  #heard_ms = performance.now();
  #timer: number | undefined;
  /** Somebody asked while the stream was not yet open. */
  #isAskedEarly = false;

  constructor(url: string) {
    this.#url = url;
  }

  get state(): LiveState {
    return this.#state;
  }

  subscribe(listener: LiveListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Whoever asks after this and hears the stream misses nothing: it is open, or known to be down, or it took too long and `onMissed` tells. */
  settled(): Promise<void> {
    if (this.#state.kind !== "connecting" || this.#isAskedEarly) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        window.clearTimeout(timer);
        leave();
        resolve();
      };
      const leave = this.subscribe({ onState: ({ kind }) => kind !== "connecting" && end() });
      const timer = window.setTimeout(() => {
        this.#isAskedEarly = true;
        end();
      }, PATIENCE_MS);
    });
  }

  open(): void {
    this.#source?.close();
    const source = new EventSource(this.#url);
    this.#source = source;
    this.#expectWithin(QUIET_MS);
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#lost(source));
    source.addEventListener("heartbeat", () => this.#heard());
    source.addEventListener("host", (event: MessageEvent<string>) => this.#host(event.data));
    source.addEventListener("incident", (event: MessageEvent<string>) => this.#incident(event.data));
  }

  /** Until it is opened again. */
  close(): void {
    window.clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#become({ kind: "connecting" });
  }

  #opened(): void {
    this.#retry_ms = RETRY_FIRST_MS;
    this.#heard();
    this.#become({ kind: "live" });
  }

  #heard(): void {
    this.#heard_ms = performance.now();
    this.#expectWithin(QUIET_MS);
  }

  #host(data: string): void {
    this.#heard();
    const host = JSON.parse(data) as HostSummary;
    for (const listener of this.#listeners) listener.onHost?.(host);
  }

  #incident(data: string): void {
    this.#heard();
    const incident = JSON.parse(data) as Incident;
    for (const listener of this.#listeners) listener.onIncident?.(incident);
  }

  #lost(source: EventSource): void {
    if (this.#state.kind !== "down") this.#become({ kind: "down", heard_ms: this.#heard_ms });
    if (source.readyState !== EventSource.CLOSED) return;
    this.#expectWithin(this.#retry_ms);
    this.#retry_ms = Math.min(this.#retry_ms * 2, RETRY_LONGEST_MS);
  }

  #expectWithin(patience_ms: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.open(), patience_ms);
  }

  #become(state: LiveState): void {
    const isMissed = state.kind !== "connecting" && (this.#state.kind !== "connecting" || this.#isAskedEarly);
    this.#state = state;
    this.#isAskedEarly = false;
    for (const listener of this.#listeners) listener.onState?.(state);
    if (isMissed) for (const listener of this.#listeners) listener.onMissed?.();
  }
}
