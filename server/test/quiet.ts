import type { Log } from "../src/log.ts";

export const quiet: Log = { info: () => {}, warn: () => {}, error: (message) => console.error(message) };
