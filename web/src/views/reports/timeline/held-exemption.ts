import type { Exemption } from "../manifest.ts";

/** For what time an exemption holds. */
export interface Held {
  readonly from: string;
  readonly to: string;
  /** Declared once it had begun, or taken back in it: it hides no breach. */
  readonly isLate: boolean;
  readonly exemption: Exemption;
}

/** As docs/reports.md, step 9: one that was taken back before it began holds for none. Texts of one form are in the order of their instants. */
export function heldExemption(exemption: Exemption): Held | null {
  const { from, to, declared_at, withdrawn_at = null } = exemption;
  const until = withdrawn_at !== null && withdrawn_at < to ? withdrawn_at : to;
  const dated = withdrawn_at !== null && withdrawn_at > declared_at ? withdrawn_at : declared_at;
  return until <= from ? null : { from, to: until, isLate: dated > from, exemption };
}
