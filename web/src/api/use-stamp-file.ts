import type { StampAnswer } from "@truebound/wire";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "./answer.ts";
import { busyPause } from "./busy-pause.ts";
import { loadStamps, type StampsWish } from "./question-requests.ts";
import type { ServerClock } from "./server-clock.ts";
import { useServices } from "./services.ts";
import { stampParts, withPart } from "./stamp-parts.ts";

/** How far the answers to a file of stamps have come. What was answered stays, whatever becomes of the rest. */
export interface StampFile {
  readonly answer: StampAnswer | null;
  /** Lines of the file. */
  readonly done: number;
  readonly of: number;
  readonly state: "asking" | "waiting" | "whole" | "stopped" | "failed";
  /** Of `waiting`: after so many seconds the server is asked again. */
  readonly pause_s: number;
  /** Of `failed`. */
  readonly failure: Failure | null;
}

/** Asked piece after piece, once for each wish; a server that has no place is asked again. */
export function useStampFile({ csv, by, value }: StampsWish): StampFile & Record<"stop" | "again", () => void> {
  const { clock } = useServices();
  const [file, setFile] = useState<StampFile>(NOTHING);
  const [attempt, setAttempt] = useState(0);
  const stopping = useRef<() => void>(() => undefined);
  useEffect(() => {
    const abort = new AbortController();
    stopping.current = () => abort.abort("stopped");
    void askAll({ csv, by, value }, clock, abort.signal, setFile);
    return () => abort.abort();
  }, [csv, by, value, attempt]);
  return { ...file, stop: () => stopping.current(), again: () => setAttempt(attempt + 1) };
}

const NOTHING: StampFile = { answer: null, done: 0, of: 0, state: "asking", pause_s: 0, failure: null };

async function askAll(wish: StampsWish, clock: ServerClock, signal: AbortSignal, tell: (file: StampFile) => void): Promise<void> {
  const parts = stampParts(wish.csv);
  let file: StampFile = { ...NOTHING, of: parts.reduce((sum, { lines }) => sum + lines, 0) };
  const told = (changes: Partial<StampFile>): void => {
    file = { ...file, ...changes };
    // Who left the page is told nothing any more.
    if (!signal.aborted || signal.reason === "stopped") tell(file);
  };
  told({});
  for (const part of parts) {
    const answer = await askPart({ ...wish, csv: part.csv }, clock, signal, (pause_s) => told({ state: "waiting", pause_s }));
    if (signal.aborted) return told({ state: "stopped" });
    if (!answer.ok) return told({ state: "failed", failure: answer.failure });
    told({ state: "asking", answer: withPart(file.answer, part, answer.value), done: file.done + part.lines });
  }
  told({ state: "whole" });
}

async function askPart(
  wish: StampsWish,
  clock: ServerClock,
  signal: AbortSignal,
  onBusy: (pause_s: number) => void,
): ReturnType<typeof loadStamps> {
  for (let tries = 1; ; tries++) {
    const answer = await loadStamps(wish, clock, signal);
    const pause_s = answer.ok ? null : busyPause(answer.failure, tries);
    if (pause_s === null || signal.aborted) return answer;
    onBusy(pause_s);
    await pause(pause_s * 1000, signal);
  }
}

const pause = (length_ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = window.setTimeout(resolve, length_ms);
    signal.addEventListener("abort", () => {
      window.clearTimeout(timer);
      resolve();
    });
  });
