import type { LabelSet } from "../policy/choose-policy.ts";
import type { EvidenceRuleStore } from "./evidence-rules.ts";
import type { HoldStore } from "./holds.ts";
import type { MeshStore } from "./mesh.ts";
import type { TargetStore } from "./targets.ts";

/** A join token that can still be used, as it is shown: never the secret. */
export interface AdminToken {
  /** The first 12 hex digits of its hash. */
  readonly id: string;
  readonly uses: number;
  readonly uses_left: number;
  /** By the clock of the database. */
  readonly expires_in_s: number;
  readonly labels: LabelSet;
  readonly name_pattern: string | null;
  readonly approval: boolean;
  readonly ephemeral_hours: number | null;
}

export interface AdminHost {
  readonly id: string;
  readonly name: string;
  readonly state: "pending" | "active" | "suspended" | "revoked" | "retired";
  readonly labels: LabelSet;
}

export interface AdminStore extends HoldStore, EvidenceRuleStore, MeshStore, TargetStore {
  tokens(): Promise<AdminToken[]>;
  /** Revokes the one whose hash begins so; returns how many do, and revokes none unless it is one. */
  revokeToken(idPrefix: string): Promise<number>;
  hosts(): Promise<AdminHost[]>;
  /** By id or name. */
  host(idOrName: string): Promise<AdminHost | null>;
  /** Forgets batches beside the host's chain; false = there were none. */
  clearClone(id: string): Promise<boolean>;
  /** The agent is told with its next receipt. */
  wantRotation(id: string): Promise<void>;
  /** False = it was in none of `from` any more. */
  setState(id: string, state: AdminHost["state"], from?: readonly AdminHost["state"][]): Promise<boolean>;
}

/** A host with when it was let in, and when it was heard last. */
export interface EnrolmentView extends AdminHost {
  readonly enrolled_at: string;
  readonly last_received_at: string | null;
}

export interface EnrolmentStore {
  /** By name. */
  enrolments(): Promise<EnrolmentView[]>;
  /** By id or name. */
  enrolment(idOrName: string): Promise<EnrolmentView | null>;
}
