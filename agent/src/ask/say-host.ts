import { type BatchSource, KERNEL_REFUSALS, type KernelRefusal, saidOfKernel } from "@truebound/wire";
import type { OwnHost } from "./own-host.ts";

/** `now` in words. What an agent said reaches a terminal without control characters. */
export function nowText(host: OwnHost): string {
  const { earliest, latest } = host;
  const when = earliest === null ? "UTC is unknown" : `between ${earliest}\nand     ${latest} UTC`;
  return clean(`${when}\n${verdict(host)}\n`);
}

const verdict = ({ name, words, status, reason }: OwnHost): string =>
  `${name}: ${words}; ${status.replaceAll("_", " ")}${reason === null ? "" : ` (${reason.replaceAll("_", " ")})`}`;

/** `status` in words. */
export function statusText(host: OwnHost): string {
  const { all } = host;
  const rows = [
    ["host clock", all.host_clock],
    ["earliest", host.earliest],
    ["latest", host.latest],
    ["worst error", host.worstError === null ? null : `${host.worstError} ns`],
    ["limit", typeof all.limit_ns === "string" ? `${all.limit_ns} ns` : "the policy names none"],
    ["votes", all.votes],
    ["assumed", inWords(all.assumptions)],
    ["made of", inWords(termsOfBound(all.terms))],
    ["can stray", strayWords(all.terms)],
    [
      "daemon",
      Array.isArray(all.daemon_findings) && all.daemon_findings.length > 0 ? all.daemon_findings.join(", ") : "nothing is found of it",
    ],
    ["kernel", kernelWords(all.kernel_refused)],
    ["steps seen", all.steps],
    ["reports to", all.server ?? "nobody"],
    ["agent", all.version],
  ].map(([name, value]) => `  ${String(name).padEnd(11)}  ${value ?? "unknown"}`);
  const sources = Array.isArray(all.sources) ? (all.sources as readonly Partial<BatchSource>[]).map(sourceLine) : [];
  return clean(`${[verdict(host), ...rows, "sources", ...sources].join("\n")}\n`);
}

const isTerms = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

/** Without the slew: that is how far the clock can stray until it is read again, and no part of the bound at this reading. */
function termsOfBound(terms: unknown): unknown {
  if (!isTerms(terms)) return terms;
  const { slew_ns: _, ...ofBound } = terms;
  return ofBound;
}

const strayWords = (terms: unknown): string | null =>
  isTerms(terms) && typeof terms.slew_ns === "string" ? `${terms.slew_ns} ns between two readings, beside the bound` : null;

/** An agent from before this was told says nothing of it. */
const kernelWords = (why: unknown): string | null =>
  why === null ? "nothing that it says is refused" : isRefusal(why) ? `${why}: ${saidOfKernel(why)}` : null;
const isRefusal = (why: unknown): why is KernelRefusal => KERNEL_REFUSALS.some((one) => one === why);

function inWords(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  return Object.entries(value)
    .filter(([, one]) => one !== null)
    .map(([name, one]) => `${name} ${one}`)
    .join(", ");
}

function sourceLine({ id, state, lo_ns, hi_ns, polls, replies, kind = "ntp", counts, document }: Partial<BatchSource>): string {
  const declared =
    kind === "ntp" ? "" : `  ${kind}, ${counts === false ? "no vote" : "declared"}${document ? `, document ${document}` : ""}`;
  const says = typeof lo_ns === "string" && typeof hi_ns === "string" ? `[${lo_ns}, ${hi_ns}] ns` : "no bound";
  return `  ${id}  ${String(state).replaceAll("_", " ")}  ${says}  ${replies} of ${polls} polls answered${declared}`;
}

const clean = (text: string): string => text.replace(/[^\P{Cc}\n]/gu, " ");
