import type { SystemCheckView, SystemView } from "@truebound/wire";
import { countWords } from "./count-words.ts";
import type { Look } from "./status-look.ts";

type State = SystemCheckView["state"];

const LOOKS: Readonly<Record<string, { readonly look: Look; readonly word: string }>> = {
  fail: { look: "conflict", word: "fails" },
  warn: { look: "proven-off", word: "warns" },
  unknown: { look: "unknown", word: "not known" },
  unset: { look: "silent", word: "not set" },
  pass: { look: "proven", word: "fine" },
} satisfies Record<State, { readonly look: Look; readonly word: string }>;

/** A state that this page does not know yet is shown as unknown, never as fine. */
export const checkLook = (state: string): { readonly look: Look; readonly word: string } =>
  LOOKS[state] ?? { look: "unknown", word: state };

const TITLES: Readonly<Record<string, string>> = {
  database: "Database",
  replication: "Replication",
  disk: "Disk",
  servers: "Servers",
  judge: "Judge of alerts",
  notifier: "Telling people",
  channels: "Channels",
  heartbeat: "Heartbeat",
  own_clock: "The server’s own clock",
  leap_list: "Leap list",
  shedding: "Room for deliveries",
  refusals: "Refused deliveries",
  unreadable: "Unreadable batches",
  log_sealing: "Sealing of the log",
  log_content: "What the log holds",
  log_scrub: "Reading the log again",
  review: "Review of the chain to UTC",
  anchors: "Anchors of the log",
  archive: "Archive",
  retention: "Retention",
} satisfies Record<SystemCheckView["id"], string>;

export const checkTitle = (id: string): string => TITLES[id] ?? id.replaceAll("_", " ");

/** All of it in one line. What is not known is not called fine. */
export function systemLine({ checks }: Pick<SystemView, "checks">): string {
  const count = (state: State): number => checks.filter((check) => check.state === state).length;
  const [failing, warning, unknown, unset] = [count("fail"), count("warn"), count("unknown"), count("unset")];
  const parts = [
    ...(failing === 0 ? [] : [failing === 1 ? "1 check fails" : `${failing} checks fail`]),
    ...(warning === 0 ? [] : [countWords(warning, "warning")]),
    ...(unknown === 0 ? [] : [`${unknown} not known`]),
  ];
  if (unset === 0) return parts.length === 0 ? "All checks of the service are fine" : parts.join(", ");
  return parts.length === 0 ? `Nothing is wrong with the service, but ${unset} not set` : `${parts.join(", ")}, ${unset} not set`;
}
