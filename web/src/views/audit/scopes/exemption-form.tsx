import type { ExemptionView, ScopeView } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addExemption } from "../../../api/audit-requests.ts";
import { useServices } from "../../../api/services.ts";
import { readTyped, zonedProblem } from "../../../format/stamp-text.ts";
import { MakeForm } from "../../admin/make-form.tsx";
import { Choice, TextField } from "../../admin/text-field.tsx";
import { useWho } from "../../parts/use-who.ts";

interface ExemptionFormProps {
  /** One at least. */
  readonly scopes: readonly ScopeView[];
  readonly onDeclared: () => void;
}

interface Typed {
  readonly scope: string;
  readonly host: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export function ExemptionForm({ scopes, onDeclared }: ExemptionFormProps): JSX.Element {
  const { clock } = useServices();
  const [who, setWho] = useWho();
  const [typed, setTyped] = useState<Typed>({ scope: scopes[0]?.name ?? "", host: "", from: "", to: "", reason: "" });
  const say = (name: keyof Typed) => (text: string) => setTyped({ ...typed, [name]: text });
  const wish = () => {
    const { host, from, to, ...rest } = typed;
    const asked = { ...rest, from: zoned(from), to: zoned(to), host: host === "" ? null : host, who };
    return exemptionProblem(typed) ?? (() => addExemption(asked, clock));
  };
  return (
    <MakeForm<ExemptionView> title="Declare an exemption" verb="Declare it" wish={wish} onMade={onDeclared}>
      <Choice label="Scope" value={typed.scope} choices={scopes.map(({ name }) => [name, name] as const)} onChoose={say("scope")} />
      <TextField label="Host; none = every host of it" hint="name or id" value={typed.host} onSay={say("host")} />
      <TextField label="From" hint="2026-11-28T06:00:00Z" value={typed.from} onSay={say("from")} required />
      <TextField label="To" hint="2026-11-28T08:00:00Z" value={typed.to} onSay={say("to")} required />
      <TextField label="Why" longest={500} value={typed.reason} onSay={say("reason")} required />
      {setWho !== null && <TextField label="Your name" longest={300} value={who} onSay={setWho} required />}
      <p class="muted finality">It counts as declared when the server takes it. One that has begun by then never hides a violation.</p>
    </MakeForm>
  );
}

const zoned = (text: string): string => readTyped(text)?.text ?? text;
const isCount = (text: string): boolean => /^-?\d+$/.test(text.trim());

/** Null = nothing. */
export function exemptionProblem({ from, to, reason }: Omit<Typed, "scope" | "host">): string | null {
  for (const [name, text] of [
    ["its beginning", from],
    ["its end", to],
  ] as const)
    if (zonedProblem(name, text) !== null || isCount(text)) return zonedProblem(name, text) ?? `Write ${name} as 2026-11-28T06:00:00Z`;
  return reason.trim() === "" ? "Say why the limit need not hold then" : null;
}
