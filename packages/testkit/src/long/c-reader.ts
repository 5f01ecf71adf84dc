import { fuzzReaderInC } from "../readers/fuzz-c.ts";
import { lacksFor } from "../readers/readers.ts";
import type { Part } from "./part.ts";

export const cReaderPart: Part = {
  name: "c-reader",
  about: "bent segments for the reader in C, under the sanitizers of addresses and of undefined behaviour",
  run: async ({ cases, seed }) => {
    if (lacksFor("C") !== null) return { ok: true, lines: [`skipped: ${lacksFor("C")} not found`] };
    try {
      return { ok: true, lines: [fuzzReaderInC(cases, seed)] };
    } catch (error) {
      const { stdout, stderr, message } = error as { readonly stdout?: string; readonly stderr?: string; readonly message: string };
      return { ok: false, lines: [stdout?.trim() || stderr?.trim().split("\n")[0] || message] };
    }
  },
};
