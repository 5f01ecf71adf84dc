import { expect, it } from "vitest";
import { aProbe } from "../probe/probe.fixture.ts";
import { parseSource, type Source } from "../probe/source.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import { RootWatch } from "./root-watch.ts";

const DECLARED = `root=1us document=${"ab".repeat(32)} signer=NPL valid=2026-01-01/2027-01-01 refid=GPS dispersion=2ms`;

/** A probe whose answers say so, in turn. */
function saying(text: string, root: SourceProbe["root"]): SourceProbe {
  const probe = aProbe({ source: parseSource(text) as Source });
  return Object.defineProperty(probe, "root", { get: () => root });
}

it("a declaration is told when it begins to count, when it no longer does, and why, each once", () => {
  const watch = new RootWatch();
  const look = (root: SourceProbe["root"]) => watch.news([saying("plain", null), saying(`gm ${DECLARED}`, root)]);
  const terms = {
    ns: "1000",
    document: "ab".repeat(32),
    signer: "NPL",
    valid_from: "2026-01-01T00:00:00.000000000Z",
    valid_to: "2027-01-01T00:00:00.000000000Z",
  };
  expect(look(null)).toEqual([]);
  expect(look("declared")).toEqual([{ kind: "root_declared", source: "gm:123", detail: terms }]);
  expect(look("declared")).toEqual([]);
  expect(look("dispersion")).toEqual([{ kind: "root_declaration_void", source: "gm:123", detail: { why: "dispersion", ...terms } }]);
  expect(look("dispersion")).toEqual([]);
  expect(look("declared")).toHaveLength(1);
});
