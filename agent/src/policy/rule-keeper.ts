import type { LeapCalendar, LeapList } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { AgentParts } from "../agent-parts.ts";
import type { Finding } from "../bound/findings.ts";
import { LeapBook } from "../leap/leap-book.ts";
import { PolicyInForce } from "./policy-in-force.ts";

export interface RuleKeeperPorts extends Pick<AgentParts, "policy" | "settings" | "discovered" | "sha1" | "keepPolicy" | "log"> {
  readonly note: (kind: Finding["kind"], detail: Finding["detail"]) => void;
}

/** By what this host goes: the last good policy of its server, and the last good leap list beside it. What is refused is told. */
export class RuleKeeper {
  readonly inForce: PolicyInForce;
  readonly #leaps: LeapBook;
  readonly #ports: RuleKeeperPorts;

  constructor(ports: RuleKeeperPorts) {
    this.#ports = ports;
    this.#leaps = new LeapBook(ports.sha1);
    this.inForce = new PolicyInForce(ports.policy, ports.settings, ports.discovered);
  }

  get leapList(): LeapList | null {
    return this.#leaps.list;
  }

  get calendar(): LeapCalendar {
    return this.#leaps.calendar;
  }

  /** A policy block from the server. Null = it is known already, or does not validate. */
  judge(given: unknown): Policy | null {
    const offer = this.inForce.judge(given, this.#leaps.text);
    if (offer.kind === "refused") this.#refusePolicy(offer.why);
    return offer.kind === "new" ? offer.policy : null;
  }

  take(policy: Policy): void {
    this.inForce.take(policy);
    this.takeLeapList();
    this.#ports.keepPolicy(this.inForce.policy);
  }

  /** The list that comes with the policy, or the last good one. */
  takeLeapList(): void {
    const text = this.inForce.leapList;
    const taken = text === undefined ? null : this.#leaps.offer(text);
    if (taken?.kind === "refused") this.#refuseLeapList(taken.why);
    this.inForce.keepLeapList(this.#leaps.text);
  }

  #refusePolicy(why: string): void {
    const left = `the last good one (version ${this.inForce.policy.version}) stays in force`;
    this.#ports.log("warn", `cannot apply the server's policy at ${why}; ${left}`);
    this.#ports.note("policy_refused", { why: why.slice(0, 400) });
  }

  #refuseLeapList(why: string): void {
    const left = this.#leaps.text === null ? "there is none to go on with" : "the last good one stays in force";
    this.#ports.log("warn", `cannot use the leap list of policy ${this.inForce.policy.version}: ${why}; ${left}`);
    this.#ports.note("leap_list_refused", { why });
  }
}
