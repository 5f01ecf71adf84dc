import type { Run } from "../run.ts";
import { alertsTold } from "./alerts-told.ts";
import { answersHold } from "./answers-hold.ts";
import { bounded } from "./bounded.ts";
import { boundsHold } from "./bounds-hold.ts";
import { chainsHold } from "./chains-hold.ts";
import { keysAgreed } from "./keys-agreed.ts";
import { meshHolds } from "./mesh-holds.ts";
import { recordsKept } from "./records-kept.ts";
import { unknownIsSaid } from "./unknown-is-said.ts";
import type { Violation } from "./violation.ts";

const CHECKS = [recordsKept, chainsHold, boundsHold, unknownIsSaid, alertsTold, keysAgreed, meshHolds, bounded];

/** What a world did not keep of what the product promises; nothing where it kept all. */
export async function judge(run: Run): Promise<Violation[]> {
  return [...CHECKS.flatMap((check) => check(run)), ...(await answersHold(run))];
}
