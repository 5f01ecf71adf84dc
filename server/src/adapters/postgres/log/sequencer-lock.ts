/** Who holds it writes the log; no index of it is ever written by two. */
export const SEQUENCER = "truebound log";
