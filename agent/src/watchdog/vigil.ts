/**
 * Whether a process that should give a sign of life is stuck. Its watcher looks at short intervals of its own, by the monotonic
 * clock. Looks that come late mean that the watcher stood still too, and so the whole process did: it was stopped, or the
 * machine was. That proves nothing, and a full period is granted anew.
 */
export interface Vigil {
  readonly beats: number;
  /** Since when there was no other beat, or since the watcher itself has been awake. */
  readonly sinceMs: number;
  readonly lookedMs: number;
}

export interface VigilRules {
  readonly periodMs: number;
  readonly lookMs: number;
}

/** Later than so many intervals a look is a pause; less is a machine that is busy, and busy for long it must not put off the end. */
const LATE = 10;

export const startVigil = (nowMs: number): Vigil => ({ beats: 0, sinceMs: nowMs, lookedMs: nowMs });

export function look(vigil: Vigil, beats: number, nowMs: number, rules: VigilRules): Vigil & { readonly stuck: boolean } {
  const wasPaused = nowMs - vigil.lookedMs > LATE * rules.lookMs;
  const sinceMs = beats !== vigil.beats || wasPaused ? nowMs : vigil.sinceMs;
  return { beats, sinceMs, lookedMs: nowMs, stuck: nowMs - sinceMs >= rules.periodMs };
}
