import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RaceTally, raceReader, VALID_NS } from "../readers/race.ts";
import { buildReader, LANGUAGES, type Language, lacksFor } from "../readers/readers.ts";
import { count, type Part } from "./part.ts";

export const readersPart: Part = {
  name: "readers",
  startsOthers: true,
  about: "readers of the segment, in every language, against a writer that is killed, stopped and stepped, and whose file is cut off",
  run: async ({ reads, languages }, log) => {
    const folder = mkdtempSync(join(tmpdir(), "truebound-readers-"));
    const tallies: { readonly language: Language; readonly tally: RaceTally }[] = [];
    const wanted = LANGUAGES.filter((language) => languages === null || languages.includes(language));
    try {
      for (const language of wanted) {
        if (lacksFor(language) !== null) log(`${language}: skipped, ${lacksFor(language)} not found`);
        else {
          const tally = await raceReader(buildReader(language, folder), reads);
          tallies.push({ language, tally });
          log(`${language}: ${inWords(tally)}`);
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const sum = (of: (tally: RaceTally) => number) => tallies.reduce((total, { tally }) => total + of(tally), 0);
    const summary = `${count(sum(({ bounded }) => bounded))} bounds read, ${sum(({ torn }) => torn)} of two writes, ${sum(({ missed }) => missed)} without UTC`;
    const ok = tallies.length > 0 && tallies.every(({ tally }) => tally.torn === 0 && tally.missed === 0 && tally.longestNs < VALID_NS);
    return { ok, lines: [summary, ...tallies.map(({ language, tally }) => `  ${language}: ${inWords(tally)}`)] };
  },
};

const inWords = ({ reads, bounded, unknown, torn, missed, records, kills, stops, cuts, longestNs }: RaceTally): string =>
  `${count(reads)} reads, ${count(bounded)} bounded, ${count(unknown)} unknown; ${torn} torn, ${missed} missed, of ${count(records)} records; ` +
  `${kills} kills, ${stops} stops, ${cuts} cuts; the oldest record that gave a bound was ${(longestNs / 1e6).toFixed(1)} ms old, of ${VALID_NS / 1e6}`;
