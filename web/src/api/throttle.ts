export interface Throttle {
  /** Runs the action soon: at once when it last ran long enough ago, else when the pause is over. */
  ask(): void;
  cancel(): void;
}

/** However often it is asked, the action runs at most once per pause, and the last request is never lost. */
export function throttle(action: () => void, pause_ms: number): Throttle {
  let last_ms = Number.NEGATIVE_INFINITY;
  let timer: number | undefined;
  const run = (): void => {
    timer = undefined;
    last_ms = performance.now();
    action();
  };
  return {
    ask() {
      timer ??= window.setTimeout(run, Math.max(0, last_ms + pause_ms - performance.now()));
    },
    cancel() {
      window.clearTimeout(timer);
      timer = undefined;
    },
  };
}
