import type { Assumptions, HostDetail } from "@truebound/wire";
import type { ComponentChildren, JSX } from "preact";
import { boundText, endTexts, exactBound, exactNs, worstErrorText } from "../../format/bound.ts";
import { codeWords } from "../../format/code-words.ts";
import { frequencyText, ppbText, ppmText } from "../../format/rate.ts";
import { side } from "../../format/side.ts";
import { lookOf } from "../../format/status-look.ts";
import { Exact, Instant } from "../parts/exact.tsx";

const None = (): JSX.Element => <span class="muted">none</span>;

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
    {host.assumptions && <AssumptionFacts host={host} assumptions={host.assumptions} />}
  </>
);

const BoundFacts = ({ host }: { readonly host: HostDetail }): JSX.Element => (
  <dl class="facts facts-bound">
    <Fact name="Worst error" note={lookOf(host) === "silent" ? "as it last reported" : "guaranteed, at most"}>
      {host.worst_error_ns === null ? <None /> : <Exact text={worstErrorText(host.worst_error_ns)} exact={exactNs(host.worst_error_ns)} />}
    </Fact>
    <End name="Lower end" value={host.guaranteed?.lo_ns ?? null} text={host.guaranteed && endTexts(host.guaranteed).lo} />
    <End name="Upper end" value={host.guaranteed?.hi_ns ?? null} text={host.guaranteed && endTexts(host.guaranteed).hi} />
    <AsOf host={host} />
    <Votes host={host} />
  </dl>
);

function End({ name, value, text }: { readonly name: string; readonly value: string | null; readonly text: string | null }): JSX.Element {
  if (value === null || text === null)
    return (
      <Fact name={name}>
        <None />
      </Fact>
    );
  const end = BigInt(value);
  return (
    <Fact name={name} note={`offset: ${side(end)}`}>
      <Exact text={text} exact={exactNs(end)} />
    </Fact>
  );
}

/** The second tier: narrower, and true only while the frequency keeps still. Never without its label. */
const Tight = ({ tight }: { readonly tight: HostDetail["tight"] }): JSX.Element => (
  <Fact name="Tight bound" note="if the frequency moves no more than σ">
    {tight === null ? <None /> : <Exact text={boundText(tight)} exact={exactBound(tight)} />}
  </Fact>
);

const Rate = ({
  name,
  note,
  range,
}: {
  readonly name: string;
  readonly note: string;
  readonly range: readonly [number, number] | null;
}): JSX.Element => (
  <Fact name={name} note={note}>
    {range === null ? <None /> : frequencyText(range)}
  </Fact>
);

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
      {host.votes === null ? <None /> : `${host.votes} / ${host.need ?? "?"}`}
    </Fact>
  );
}

const DRIFT_NOTES: Readonly<Record<string, string>> = {
  assumed: "of the oscillator, at most",
  calibrated: "around its calibrated frequency, as declared",
  broken: "the assumption broke: this is what was measured",
};

const SLEW_NOTES: Readonly<Record<string, string>> = {
  chrony: "by chrony's configuration",
  kernel_pll: "by the kernel's PLL",
  unknown: "who steers this clock is not known",
};

const STAMP_NOTES: Readonly<Record<string, string>> = {
  hardware_interleaved: "by the network card's own clock",
  hardware_basic: "by the network card's own clock",
};

const AssumptionFacts = ({ host, assumptions }: { readonly host: HostDetail; readonly assumptions: Assumptions }): JSX.Element => (
  <dl class="facts facts-assumed">
    <Tight tight={host.tight} />
    <Rate name="Oscillator" note="its frequency error, from the sources" range={host.frequency?.oscillator ?? null} />
    <Rate name="Daemon" note="what it adds to the clock's rate" range={host.frequency?.daemon_slew ?? null} />
    <Fact name="ρ, drift assumed" note={DRIFT_NOTES[assumptions.drift_basis] ?? codeWords(assumptions.drift_basis)}>
      {ppbText(assumptions.rho_ppb)}
    </Fact>
    {assumptions.sigma_ppb !== null && (
      <Fact name="σ, for the tight bound" note="by how much the frequency may move">
        {ppbText(assumptions.sigma_ppb)}
      </Fact>
    )}
    <Fact name="F, liars tolerated" note="votes that may be false">
      {assumptions.faults}
    </Fact>
    <Fact name="S, slew allowance" note={SLEW_NOTES[assumptions.slew_basis] ?? codeWords(assumptions.slew_basis)}>
      {ppmText(assumptions.slew_ppm)}
    </Fact>
    <Fact name="Stamps" note={STAMP_NOTES[assumptions.stamp_mode] ?? "how times were taken"}>
      {codeWords(assumptions.stamp_mode)}
    </Fact>
    {assumptions.declared !== undefined && (
      <Fact name="Declared" note="their errors are declared, not measured, and may count">
        {assumptions.declared.join(", ")}
      </Fact>
    )}
  </dl>
);
