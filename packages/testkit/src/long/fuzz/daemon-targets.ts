import { ControlAnswer, coarseBound, parseNtpd, parsePmc, parseTimesyncd, readAnswer, readControl, readOwnHost } from "@truebound/agent";
import { DEFAULT_RHO_PPB } from "@truebound/time";
import * as right from "./daemon-examples.ts";
import { bytes, type FuzzTarget, text, unless } from "./target.ts";

const spansAreNone = (said: { readonly rootDelayNs: bigint; readonly rootDispersionNs: bigint } | { readonly field: string }) =>
  unless("field" in said || (said.rootDelayNs >= 0n && said.rootDispersionNs >= 0n), "a root distance below zero");

/** What daemons other than chronyd answer, and who answers in an agent's or another program's place. */
export const daemonTargets: readonly FuzzTarget[] = [
  text("ntpd variables", right.NTPD, parseNtpd, spansAreNone),
  bytes("ntpd control message", right.NTPD_DATAGRAMS, control, (said) =>
    unless(said === null || said.length <= 4096, "an answer longer than any"),
  ),
  text("timedatectl timesync-status", right.TIMESYNCD, parseTimesyncd, spansAreNone),
  text("pmc", right.PMC, parsePmc, (said) => unless("field" in said || said.portState.length > 0, "a port without a state")),
  text("an agent's /now", right.OWN_HOST, readOwnHost, (host) =>
    unless(host === null || (host.worstError === null) === (host.earliest === null), "half a bound"),
  ),
  text("line of a second opinion", right.OPINIONS, opinion, (bound) =>
    unless(bound === null || typeof bound === "string" || bound.lo <= bound.hi, "an interval that is none"),
  ),
];

function control(datagram: Uint8Array): string | null {
  const part = readControl(datagram, 77);
  return part.kind === "part" ? new ControlAnswer().take(part) : null;
}

function opinion(line: string) {
  const answer = readAnswer(line, 7);
  return answer.kind === "exchange" ? coarseBound(answer.exchange, DEFAULT_RHO_PPB) : null;
}
