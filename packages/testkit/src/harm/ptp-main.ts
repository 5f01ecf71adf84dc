import { playPtp } from "./ptp.ts";

/** Run by its test inside a network namespace of its own, as main.ts is. Prints what it saw as one line of JSON. */
process.stdout.write(`${JSON.stringify(await playPtp())}\n`);
