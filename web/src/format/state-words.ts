import type { HostSummary } from "@truebound/wire";
import { codeWords } from "./code-words.ts";
import { lookOf } from "./status-look.ts";

/** The word that stands for a host's state, and the server's words beside it. A host that fell silent leads with that, because the rest is old. */
export interface StateWords {
  readonly state: string;
  readonly words: string;
}

export function stateWords(host: HostSummary): StateWords {
  const status = codeWords(host.status);
  return lookOf(host) === "silent"
    ? { state: host.liveness, words: `last heard: ${status}, ${host.words}` }
    : { state: status, words: host.words };
}
