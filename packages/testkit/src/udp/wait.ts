/** Does something once, some milliseconds from now; call what it returns to give it up. */
export type Wait = (ms: number, act: () => void) => () => void;

/** Node's own timers: whole milliseconds, and up to two late. Costs nothing while it waits. */
export const byTimer: Wait = (ms, act) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};

/** The last stretch that a timer cannot be trusted with. */
const TIMER_LATE_MS = 2.5;

/** To some microseconds, by turning the event loop over at the end: takes a good part of a core while packets are under way. */
export const byTurning: Wait = (ms, act) => {
  const due = performance.now() + ms;
  let immediate: NodeJS.Immediate | undefined;
  const turn = () => {
    if (performance.now() >= due) act();
    else immediate = setImmediate(turn);
  };
  const early = Math.floor(ms - TIMER_LATE_MS);
  const timer = early >= 1 ? setTimeout(turn, early) : undefined;
  if (timer === undefined) immediate = setImmediate(turn);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
};
