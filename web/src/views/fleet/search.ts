import type { HostSummary } from "@truebound/wire";
import { codeWords } from "../../format/code-words.ts";
import { standingWords } from "../../format/standing-words.ts";
import { limitFinds } from "./limit-standing.ts";
import { TALLY } from "./tally.ts";

/** Every word of the search must occur in the host's name, labels, status, liveness, words, how it stands against its limit, or what its count finds it by. */
export function matching(hosts: readonly HostSummary[], search: string): readonly HostSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return hosts;
  return hosts.filter((host) => {
    const text = textOf(host);
    return words.every((word) => text.includes(word));
  });
}

function textOf(host: HostSummary): string {
  const labels = Object.entries(host.labels).map(([name, value]) => `${name}=${value}`);
  const counts = TALLY.filter(({ belongs }) => belongs(host)).map(({ finds }) => finds);
  return [
    host.name,
    host.id,
    codeWords(host.status),
    host.liveness,
    host.words,
    codeWords(host.reason ?? ""),
    standingWords(host) ?? "",
    ...labels,
    ...counts,
    limitFinds(host),
  ]
    .join(" ")
    .toLowerCase();
}
