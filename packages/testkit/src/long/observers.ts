import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { replaceMeasured } from "../bench/marked-section.ts";
import { runEnclosed, whyNoPtp4l } from "../harm/enclosure.ts";
import { type CaseName, type DaemonName, SCENES, type SceneResult } from "../observers/cast.ts";
import { lacksFor } from "../observers/players.ts";
import { simulatedScenes } from "../observers/simulated.ts";
import { observersTable, wrongIn } from "../observers/table.ts";
import type { Part } from "./part.ts";

const MAIN = fileURLToPath(new URL("../observers/main.js", import.meta.url));
/** From `packages/testkit/dist/long`. */
const DOCUMENT = new URL("../../../../docs/observers.md", import.meta.url);
/** Scenes wait more than they work. */
const AT_ONCE = 7;
const BESIDE_LOOKS_S = 300;

export const observersPart: Part = {
  name: "observers",
  startsOthers: true,
  about: "real daemons that are right, unsynchronised, dead, or follow a liar: what is found of them, and after how long",
  run: async ({ every, looks, write }, log) => {
    const why = whyNoPtp4l();
    if (why !== null) return { ok: true, lines: [`skipped: ${why}`] };
    const scenes = SCENES.filter(([daemon]) => lacksFor(daemon) === null);
    const results = await played(scenes, every, looks, log);
    const simulated = simulatedScenes();
    const table = observersTable(results, simulated, every);
    const wrong = [...results.flatMap(wrongIn), ...simulated.flatMap(({ what, findings }) => findings.map((one) => `  ${what}: ${one}`))];
    if (write) {
      const document = replaceMeasured(readFileSync(DOCUMENT, "utf8"), table);
      if (document === null) throw new Error("Cannot write into docs/observers.md: its markers are not there once each");
      writeFileSync(DOCUMENT, document);
    }
    return {
      ok: wrong.length === 0,
      lines: [`${results.length} scenes of real daemons, ${wrong.length} not found as they should be`, ...wrong, table],
    };
  },
};

async function played(
  scenes: readonly (readonly [DaemonName, CaseName])[],
  every: number,
  looks: number,
  log: (text: string) => void,
): Promise<SceneResult[]> {
  const waiting = [...scenes];
  const results: SceneResult[] = [];
  const playOn = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const line = await runEnclosed([MAIN, ...next, String(every), String(looks)], every * looks + BESIDE_LOOKS_S);
      const result = JSON.parse(line) as SceneResult;
      log(
        `${next.join(", ")}: ${result.found.map(({ finding, looks: after }) => `${finding} after ${after} looks`).join(", ") || "nothing"}`,
      );
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playOn));
  const place = (one: SceneResult) => scenes.findIndex(([daemon, what]) => daemon === one.daemon && what === one.case);
  return results.sort((a, b) => place(a) - place(b));
}
