import type { ChannelView } from "@truebound/wire";
import type { Loaded } from "../../api/loaded.ts";
import { countWords } from "../../format/count-words.ts";
import type { Look } from "../../format/status-look.ts";

interface Told {
  readonly look: Look;
  readonly words: string;
}

export const PROMETHEUS: Told = { look: "holdover", words: "A Prometheus tells people, not this server" };

/** Whether anybody would be told, and of what matters most: that nobody is looks like a quiet night. */
export function toldWords(channels: Loaded<readonly ChannelView[]>): Told {
  if (channels.kind !== "ready") return { look: "unknown", words: "Who is told is not known" };
  const on = channels.value.filter(({ enabled }) => enabled);
  if (on.length === 0) return { look: "unverified", words: `Nobody is told: ${noneWords(channels.value)}` };
  const failing = on.filter(({ last }) => last !== null && !last.delivered);
  if (failing.length > 0)
    return { look: "conflict", words: `${failing.length} of ${countWords(on.length, "channel")} could not deliver lately` };
  if (!on.some(({ severities }) => severities.includes("critical")))
    return { look: "unverified", words: "Nobody is told of what is critical: no channel takes it" };
  return { look: "proven", words: `People are told through ${countWords(on.length, "channel")}` };
}

const noneWords = ({ length }: readonly ChannelView[]): string =>
  length === 0 ? "no channel is set" : `${length === 1 ? "the only channel" : "every channel"} is switched off`;
