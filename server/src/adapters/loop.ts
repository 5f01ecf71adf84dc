/** Runs `work` again and again with a pause of `pauseMs` after each; `stop` waits for the one under way. */
export function repeat(pauseMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let stopped = false;
  let wake = (): void => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    while (!stopped) {
      await pause();
      if (!stopped) await work();
    }
  };
  const done = run();
  return {
    stop: () => {
      stopped = true;
      wake();
      return done;
    },
  };
}
