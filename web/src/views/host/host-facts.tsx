import type { Assumptions, HostDetail } from "@truebound/wire";
import type { ComponentChildren, JSX } from "preact";
import { exactNs, hiText, loText, worstErrorText } from "../../format/bound.ts";
import { codeWords } from "../../format/code-words.ts";
import { ppbText, ppmText } from "../../format/rate.ts";
import { side } from "../../format/side.ts";
import { Exact, Instant } from "../parts/exact.tsx";

const NONE = <span class="muted">none</span>;

const Fact = ({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note?: string;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>
      {children}
      {note !== undefined && <span class="fact-note">{note}</span>}
    </dd>
  </div>
);

/** The bound in figures, then what it rests on. */
export const HostFacts = ({ host }: { readonly host: HostDetail }): JSX.Element => (
  <>
    <BoundFacts host={host} />
    {host.assumptions && <AssumptionFacts assumptions={host.assumptions} />}
  </>
);

const BoundFacts = ({ host }: { readonly host: HostDetail }): JSX.Element => (
  <dl class="facts facts-bound">
    <Fact name="Worst error" note="guaranteed, at most">
      {host.worst_error_ns === null ? NONE : <Exact text={worstErrorText(host.worst_error_ns)} exact={exactNs(host.worst_error_ns)} />}
    </Fact>
    <End name="Lower end" value={host.guaranteed?.lo_ns ?? null} text={loText} />
    <End name="Upper end" value={host.guaranteed?.hi_ns ?? null} text={hiText} />
    <AsOf host={host} />
    <Votes host={host} />
  </dl>
);

function End({
  name,
  value,
  text,
}: {
  readonly name: string;
  readonly value: string | null;
  readonly text: (end: bigint) => string;
}): JSX.Element {
  if (value === null) return <Fact name={name}>{NONE}</Fact>;
  const end = BigInt(value);
  return (
    <Fact name={name} note={`offset: ${side(end)}`}>
      <Exact text={text(end)} exact={exactNs(end)} />
    </Fact>
  );
}

function AsOf({ host }: { readonly host: HostDetail }): JSX.Element {
  if (host.as_of === null) return <Fact name="As of">never</Fact>;
  return (
    <Fact name="As of" note={host.as_of_marked ? "by receive time: no estimate of UTC" : "by the estimate of UTC"}>
      <Instant at={host.as_of} />
    </Fact>
  );
}

function Votes({ host }: { readonly host: HostDetail }): JSX.Element {
  const note = host.trusting.length > 0 ? `trusting ${host.trusting.join(", ")}` : "fresh, and how many must agree";
  return (
    <Fact name="Votes / need" note={note}>
      {host.votes === null ? NONE : `${host.votes} / ${host.need ?? "?"}`}
    </Fact>
  );
}

const AssumptionFacts = ({ assumptions }: { readonly assumptions: Assumptions }): JSX.Element => (
  <dl class="facts facts-assumed">
    <Fact name="ρ, drift assumed" note="of the oscillator, at most">
      {ppbText(assumptions.rho_ppb)}
    </Fact>
    <Fact name="F, liars tolerated" note="votes that may be false">
      {assumptions.faults}
    </Fact>
    <Fact name="Slew allowance" note="between two readings">
      {ppmText(assumptions.slew_ppm)}
    </Fact>
    <Fact name="Stamps" note="how times were taken">
      {codeWords(assumptions.stamp_mode)}
    </Fact>
  </dl>
);
