import type { FindingKind } from "@truebound/wire";
import type { AlertDraft } from "./alert.ts";
import { FINDING_WORDS } from "./alert-words.ts";
import type { Cause } from "./cause.ts";
import { isLessCertain, isWorse } from "./certainty.ts";
import type { FleetCounts } from "./fleet-index.ts";

type Member = Pick<AlertDraft, "severity" | "certainty" | "finding" | "words" | "host" | "key" | "isRehearsal" | "source">;

/** The worst first; of equals in a fixed order, so that the title stays. */
export const worstFirst = (a: Member, b: Member): number =>
  (isWorse(a.severity, b.severity) ? -1 : isWorse(b.severity, a.severity) ? 1 : 0) ||
  (isLessCertain(a.certainty, b.certainty) ? -1 : isLessCertain(b.certainty, a.certainty) ? 1 : 0) ||
  (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Of whom a finding holds, whether or not it is an alert yet. */
export type Affected = Pick<Member, "finding"> & { readonly host: { readonly id: string; readonly name: string } | null };

/** What is the matter, with whom. It counts all who are affected: their alerts follow within moments. */
export function titleOf(
  cause: Cause,
  members: readonly Member[],
  affected: readonly Affected[],
  fleet: FleetCounts,
  isRehearsal: boolean,
): string {
  const words = causeWords(cause, [...members].sort(worstFirst), [...members, ...affected], fleet);
  return isRehearsal ? `Rehearsal: ${words}` : words;
}

function causeWords(cause: Cause, members: readonly Member[], all: readonly Affected[], fleet: FleetCounts): string {
  const [worst] = members;
  if (worst === undefined) return cause.name;
  switch (cause.kind) {
    case "source":
      return sourceWords(cause, all, fleet);
    case "group":
      return `${share(all, fleet.sizeOf(cause.name))} with ${cause.name}: ${findings(members)} (${namesOf(all)})`;
    case "fleet":
      return worst.host === null ? worst.words : `${share(all, fleet.size)}: ${findings(members)} (${namesOf(all)})`;
    case "upstream":
      return `${count(hostsOf(all).length, "host")} rest on the upstream ${cause.name} (${namesOf(all)})`;
    case "host":
    case "mesh":
    case "server":
      return members.length === 1 ? worst.words : `${worst.words}; and ${count(members.length - 1, "more alert")}`;
    default:
      return cause.kind satisfies never;
  }
}

function sourceWords({ name }: Cause, members: readonly Affected[], fleet: FleetCounts): string {
  const on = (finding: FindingKind) => hostsOf(members.filter((one) => one.finding === finding)).length;
  const [accused, lost, users] = [on("falseticker"), on("source_lost"), fleet.usersOf(name).length];
  const [astray, touched] = [on("proved_outside_limit"), hostsOf(members).length];
  const said = [...(accused > 0 ? [`is called false by ${accused}`] : []), ...(lost > 0 ? [`is lost to ${lost}`] : [])].join(" and ");
  const using = `${count(Math.max(users, accused, lost, touched), "host")} that use it`;
  const words =
    said === "" ? `The source ${name}: what followed from it, on ${touched} of ${using}` : `The source ${name} ${said} of ${using}`;
  return astray > 0
    ? `${words}${said === "" ? ";" : ", and"} it led ${astray} beyond ${astray === 1 ? "its limit" : "their limits"}`
    : words;
}

const share = (members: readonly Affected[], of: number): string => {
  const some = hostsOf(members).length;
  return `${some} of ${count(Math.max(of, some), "host")}`;
};

const findings = (members: readonly Member[]): string => [...new Set(members.map(({ finding }) => FINDING_WORDS[finding]))].join(", ");

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? "" : "s"}`;

export const hostsOf = (members: readonly { readonly host: { readonly id: string } | null }[]): string[] => [
  ...new Set(members.flatMap(({ host }) => host?.id ?? [])),
];

const NAMES_SHOWN = 5;

/** "web-1, web-2 and 7 more". */
function namesOf(members: readonly Affected[]): string {
  const names = [...new Set(members.flatMap(({ host }) => host?.name ?? []))].sort();
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown;
}
