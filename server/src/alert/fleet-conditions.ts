import { advance } from "./alert-progress.ts";
import { type Condition, keyOf, newCondition, type OpenKey } from "./conditions.ts";
import type { Truth } from "./finding.ts";
import type { FleetFinding } from "./findings/fleet.ts";
import type { RuleBook } from "./rules-in-force.ts";

interface FleetScene {
  readonly fleet: readonly FleetFinding[];
  readonly rules: RuleBook;
  readonly isMeshKnown: boolean;
}

/** No report shows it, so there is none to wait for. */
const NO_REPORT = { epoch: 0, seq: 0 };

/** What is about no single host: the leap list, the server's clock, conflicts of a mesh; and how long each has held. */
export class FleetConditions {
  readonly #conditions = new Map<string, Condition>();

  all(): Iterable<Condition> {
    return this.#conditions.values();
  }

  /** An alert that goes on. Why it ends, where no rule looks for it any more; else null. */
  adopt(rules: RuleBook, { rule, subject, finding }: OpenKey): string | null {
    const inForce = rules.fleet.find((one) => one.rule.name === rule);
    if (inForce === undefined) return "the rule is gone";
    if (inForce.finding !== finding) return "the rule looks for something else now";
    const key = keyOf(rule, subject);
    const known = this.#conditions.get(key) ?? newCondition(inForce, subject, null, true);
    this.#conditions.set(key, Object.assign(known, { isFiring: true }));
    return null;
  }

  /** How many changed. */
  step(scene: FleetScene, tookMs: number): number {
    const dropped = this.#drop(scene.rules);
    this.#take(scene);
    let changed = 0;
    for (const [key, one] of this.#conditions) {
      const before = one.truth;
      one.truth = truthOf(one, scene);
      if (before !== one.truth) changed += 1;
      one.progress = advance(one.progress, one.truth, tookMs, NO_REPORT, null);
      if (!one.isFiring && one.truth !== "holds") this.#conditions.delete(key);
    }
    return dropped + changed;
  }

  /** What no rule looks for any more begins nothing, however long it has held. */
  #drop({ fleet }: RuleBook): number {
    const before = this.#conditions.size;
    for (const [key, { inForce }] of this.#conditions) {
      const isSought = fleet.some(({ rule, finding }) => rule.name === inForce.rule.name && finding === inForce.finding);
      if (!isSought) this.#conditions.delete(key);
    }
    return before - this.#conditions.size;
  }

  #take({ fleet, rules }: FleetScene): void {
    for (const inForce of rules.fleet)
      for (const found of fleet.filter(({ finding }) => finding === inForce.finding)) {
        const key = keyOf(inForce.rule.name, found.subject);
        const known = this.#conditions.get(key);
        if (known === undefined && found.truth !== "holds") continue;
        const one = known ?? newCondition(inForce, found.subject, null, false);
        this.#conditions.set(key, Object.assign(one, { inForce, fleet: found }));
      }
  }
}

/** A conflict that is not there any more is over; while the mesh is not solved nobody knows. */
function truthOf({ inForce, subject }: Condition, { fleet, isMeshKnown }: FleetScene): Truth {
  const found = fleet.find((one) => one.finding === inForce.finding && one.subject === subject);
  return found?.truth ?? (inForce.finding === "bounds_inconsistent" && !isMeshKnown ? "unknown" : "over");
}
