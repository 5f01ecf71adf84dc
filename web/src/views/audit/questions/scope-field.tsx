import type { JSX } from "preact";
import { useDeclared } from "../../../api/use-declared.ts";
import { TextField } from "../../admin/text-field.tsx";

interface ScopeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onSay: (scope: string) => void;
}

/** Its declared ones are offered, as far as they can be seen; one of the past may be typed. */
export function ScopeField({ label, value, onSay }: ScopeFieldProps): JSX.Element {
  const { loaded } = useDeclared("scopes");
  const offers = loaded.kind === "ready" ? loaded.value.items.map(({ name }) => name) : [];
  return <TextField label={label} hint="matching-engines" value={value} offers={offers} onSay={(text) => onSay(text.trim())} />;
}
