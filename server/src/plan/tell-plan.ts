import { atMost } from "@truebound/time";
import type { HostPlan, PlanCost, PlanGoal, PlanList, PlanWay } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { atLeast } from "../audit/profile-words.ts";
import { isRefusal } from "../refusal.ts";
import { askPlan, type PlanPorts } from "./ask-plan.ts";
import type { PlanRequest } from "./plan-request.ts";

/** `truebound plan`, in words or as JSON. */
export async function tellPlan(ports: PlanPorts, { profile, host, json }: PlanRequest): Promise<Told> {
  const items: HostPlan[] = [];
  let [page, next]: [PlanList | null, string | null] = [null, null];
  do {
    const answer = await askPlan(ports, { profile, host, limit: "100", after: next ?? undefined });
    if (isRefusal(answer)) return { code: 1, out: "", err: `${answer.detail}\n` };
    items.push(...answer.items);
    [page, next] = [answer, answer.next];
  } while (next !== null);
  const isProved = items.length > 0 && items.every(({ report }) => report.verdict === "yes");
  const out = json ? `${JSON.stringify({ ...page, items, next: null }, null, 2)}\n` : planInWords({ ...page, items });
  return { code: isProved ? 0 : 1, out, err: "" };
}

export function planInWords({ profile, items }: Pick<PlanList, "profile" | "items">): string {
  const head = `${profile.title} (${profile.id}): within ${atMost(BigInt(profile.limit_ns))}${profile.kind === "pair" ? " of another clock, half of it for each" : ""}`;
  const hosts = items.length === 0 ? ["No host belongs to the fleet yet: truebound token create lets one in"] : items.map(hostInWords);
  return `${[head, ...hosts].join("\n\n")}\n`;
}

function hostInWords({ name, limit_ns, app_error_ns, basis, live, report, terms, binding, pace, cost }: HostPlan): string {
  const own =
    app_error_ns === "0" ? "" : ` (its limit is ${atMost(BigInt(limit_ns))}, ${atMost(BigInt(app_error_ns))} less for its application)`;
  const known =
    basis === null || terms === null || binding === null || pace === null || cost === null
      ? []
      : [
          `  binding   ${binding.term}, ${atMost(BigInt(binding.ns))} of ${Object.entries(terms)
            .map(([term, ns]) => `${term.replace("_ns", "")} ${atMost(BigInt(ns))}`)
            .join(", ")}`,
          `  today     ${paceInWords(pace)}: ${costInWords(cost)}`,
          `  rests on  ${basis.reports} reports, the last of ${basis.to}; drift ${basis.drift_ppb / 1000} ppm, S ${basis.slew_ppm} ppm, F ${basis.faults}, ${basis.votes} of ${basis.votes_needed} votes`,
        ];
  return [`${name}${own}`, ...goalLines("live", live), ...goalLines("report", report), ...known].join("\n");
}

function goalLines(name: string, { verdict, words, needs, ways }: PlanGoal): string[] {
  const need = needs === null ? [] : [`            needs ${paceInWords(needs)}`];
  const isLost = ways.length === 0 && (verdict === "no" || verdict === "out_of_reach");
  const none = isLost ? ["            nothing that is known of this host would make it so"] : [];
  return [`  ${name.padEnd(8)}  ${words}`, ...need, ...ways.flatMap(wayLines), ...none];
}

const wayLines = ({ changes, cost }: PlanWay, index: number): string[] => [
  ...changes.map(({ words }, place) => `            ${place === 0 ? `${index + 1}.` : "  "} ${words}`),
  `               ${costInWords(cost)}`,
];

const paceInWords = ({ poll_ns, reading_ns }: { readonly poll_ns: string; readonly reading_ns: string }): string =>
  `a poll every ${atLeast(BigInt(poll_ns))} and a reading every ${atLeast(BigInt(reading_ns))}`;

export const costInWords = ({ packets_per_day, processor_ppm, disk_bytes_per_day }: PlanCost): string =>
  `${(packets_per_day / 86_400).toFixed(2)} packets/s, ${(processor_ppm / 10_000).toFixed(2)} % of a processor, ${(disk_bytes_per_day / 1e6).toFixed(1)} MB of disk a day`;
