import type { HostSummary } from "@truebound/wire";
import { codeWords } from "./code-words.ts";
import { utcSecond } from "./instant.ts";
import { lookOf } from "./status-look.ts";

/** The word that stands for a host's state, and what the server's words say beyond it; empty = nothing. A host that fell silent leads with that, because the rest is old. */
export interface StateWords {
  readonly state: string;
  readonly words: string;
}

type Stated = Pick<HostSummary, "status" | "liveness" | "guaranteed" | "words" | "last_received_at" | "peer_standing">;

export function stateWords(host: Stated): StateWords {
  return lookOf(host) === "silent"
    ? { state: host.liveness, words: goneWords(host) }
    : { state: codeWords(host.status), words: beyond(codeWords(host.status), host) };
}

const ACCUSED = /; its neighbours prove it wrong$/;

/** The server's words stand alone elsewhere, and so name the status, and how its peers find it, which have words of their own here. */
function beyond(state: string, { words: whole, peer_standing }: Stated): string {
  const words = peer_standing === "flagged" ? whole.replace(ACCUSED, "") : whole;
  if (words === state) return "";
  return words.startsWith(`${state}: `) ? words.slice(state.length + 2) : words.replace(` (${state}: `, " (").replace(` (${state})`, "");
}

/** The server's words for a silent host say themselves what is old; those for a retired or a revoked one do not. */
const SILENT = /^silent[;:] /;
/** Up to when a carried host's reports reach leads there too: when the file came says nothing of its clock. */
const CARRIED = /^carried[,;:] /;

function goneWords({ liveness, words, last_received_at }: Stated): string {
  if (liveness === "carried") return words.replace(CARRIED, "");
  const said = liveness === "silent" ? words.replace(SILENT, "") : `its last report said: ${words}`;
  if (last_received_at === null) return said;
  return `${liveness === "silent" ? "since" : "last heard"} ${utcSecond(last_received_at)}; ${said}`;
}
