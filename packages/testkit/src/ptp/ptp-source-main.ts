import { playPtpSource } from "./play-ptp-source.ts";

/** Run by its test inside a network namespace of its own. Prints what came of each play as one line of JSON. */
process.stdout.write(`${JSON.stringify(await playPtpSource())}\n`);
