import type { Grant } from "@truebound/wire";
import type { JSX } from "preact";
import { labelsOf, labelsText } from "./labels-text.ts";
import { Choice, TextField } from "./text-field.tsx";

export type Role = Grant["role"];

export const ROLE_CHOICES: readonly (readonly [Role, string])[] = [
  ["viewer", "viewer: sees"],
  ["operator", "operator: acknowledges and silences too"],
  ["auditor", "auditor: makes reports, sees who did what"],
  ["admin", "admin: everything"],
];

interface GrantFieldsProps {
  readonly role: Role;
  readonly labels: string;
  readonly onRole: (role: Role) => void;
  readonly onLabels: (text: string) => void;
}

export const GrantFields = ({ role, labels, onRole, onLabels }: GrantFieldsProps): JSX.Element => (
  <>
    <Choice label="Role" value={role} choices={ROLE_CHOICES} onChoose={onRole} />
    <TextField label="Only over hosts with" hint="the whole fleet; env=test" value={labels} onSay={onLabels} />
  </>
);

/** Or what is wrong with the labels. */
export function grantOf(role: Role, typed: string): Grant | string {
  const labels = labelsOf(typed);
  return typeof labels === "string" ? labels : { role, labels };
}

export const grantWords = ({ role, labels }: Grant): string => {
  const over = labelsText(labels);
  return over === "" ? `${role} of the whole fleet` : `${role} of ${over}`;
};
