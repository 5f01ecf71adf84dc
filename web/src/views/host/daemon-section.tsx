import type { ClaimView, DaemonView, HostDetail } from "@truebound/wire";
import type { ComponentChildren, JSX } from "preact";
import { boundText, exactBound, exactNs, pointText, worstErrorText } from "../../format/bound.ts";
import { Exact, Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { ScrollBox } from "../parts/scroll-box.tsx";

/** What the host's own daemon and kernel claim of its clock, beside what was measured of the same moment. */
export function DaemonSection({ host }: { readonly host: HostDetail }): JSX.Element | null {
  if (!host.daemon) return null;
  return (
    <section class="daemon" aria-labelledby="daemon-title">
      <div class="section-head">
        <h2 id="daemon-title">Daemon beside measurement</h2>
        <p>
          When the daemon was asked last, <Instant at={host.daemon.at} />
          {host.daemon.at_marked && " by receive time"}. What it says is a claim: no bound rests on it.
          {(host.daemon.findings ?? []).length > 0 && " A finding goes on until several looks in a row say otherwise."}
        </p>
      </div>
      {(host.daemon.findings ?? []).map(({ finding, words }) => (
        <p key={finding} class="claim-excluded">
          <Mark look="conflict" />
          {words}
        </p>
      ))}
      {host.daemon.claims.length === 0 && !host.daemon.kernel_refused ? (
        <p class="none">Neither a daemon nor the kernel could be asked.</p>
      ) : (
        <DaemonTable daemon={host.daemon} />
      )}
    </section>
  );
}

const DaemonTable = ({ daemon }: { readonly daemon: DaemonView }): JSX.Element => (
  <ScrollBox label="Daemon beside measurement, as a table">
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Who says it</th>
          <th scope="col">What it is worth</th>
          <th scope="col" class="number">
            Worst error
          </th>
          <th scope="col">Offset lies in</th>
          <th scope="col">What it rests on</th>
        </tr>
      </thead>
      <tbody>
        <Measured daemon={daemon} />
        {daemon.claims.map((claim) => (
          <Claimed key={claim.claimant} claim={claim} daemon={daemon} />
        ))}
        {daemon.ptp4l && <Ptp4l says={daemon.ptp4l} />}
        {daemon.kernel_refused && <RefusedKernel {...daemon.kernel_refused} />}
      </tbody>
    </table>
  </ScrollBox>
);

const Measured = ({ daemon: { measured } }: { readonly daemon: DaemonView }): JSX.Element => (
  <tr>
    <th scope="row">measured</th>
    <td>{measured === null ? "nothing was proved of that moment" : "guaranteed, from before the question to after the answer"}</td>
    <td class="number">{measured === null ? "none" : worstOf(measured)}</td>
    <td>{measured === null ? "none" : <Exact text={boundText(measured)} exact={exactBound(measured)} />}</td>
    <td>this host’s sources and assumptions</td>
  </tr>
);

function worstOf({ lo_ns, hi_ns }: NonNullable<DaemonView["measured"]>): JSX.Element {
  const [lo, hi] = [BigInt(lo_ns), BigInt(hi_ns)];
  const worst = String(-lo > hi ? -lo : hi);
  return <Exact text={worstErrorText(worst)} exact={exactNs(worst)} />;
}

const Claimed = ({ claim, daemon }: { readonly claim: ClaimView; readonly daemon: DaemonView }): JSX.Element => (
  <tr>
    <th scope="row">{claim.claimant === "kernel" ? "the kernel keeps" : `${claim.claimant} claims`}</th>
    <td class={claim.verdict === "excluded" ? "claim-excluded" : undefined}>
      {claim.verdict === "excluded" && <Mark look="conflict" />}
      {claim.words}
    </td>
    <td class="number">
      {claim.claimed_error_ns === null ? (
        "none"
      ) : (
        <Exact text={worstErrorText(claim.claimed_error_ns)} exact={exactNs(claim.claimed_error_ns)} />
      )}
    </td>
    <td>{claim.claim === null ? "none" : <Exact text={boundText(claim.claim)} exact={exactBound(claim.claim)} />}</td>
    <td>{claim.claimant === "kernel" ? kernelRests(daemon.kernel) : disciplineRests(daemon[claim.claimant] ?? null)}</td>
  </tr>
);

const Ptp4l = ({ says }: { readonly says: NonNullable<DaemonView["ptp4l"]> }): JSX.Element => (
  <tr>
    <th scope="row">ptp4l says</th>
    <td>claims no bound: it says how far its own clock, a card’s or this one, is from its grandmaster</td>
    <td class="number">none</td>
    <td>none</td>
    <td>
      {says.offset_ns === null ? "follows nobody" : point("offset", says.offset_ns)}, port {says.port_state}, clock class {says.clock_class}
      , {says.is_time_traceable ? "time is traceable" : "time is not said to be traceable"}
    </td>
  </tr>
);

const RefusedKernel = ({ why, words }: NonNullable<DaemonView["kernel_refused"]>): JSX.Element => (
  <tr>
    <th scope="row">the kernel says</th>
    <td>{words}</td>
    <td class="number">none</td>
    <td>none</td>
    <td>{why.replaceAll("_", " ")}</td>
  </tr>
);

const part = (name: string, text: string, exact: string): JSX.Element => (
  <>
    {name} <Exact text={text} exact={exact} />
  </>
);
const span = (name: string, value_ns: string): JSX.Element => part(name, worstErrorText(value_ns), exactNs(value_ns).replace("+", ""));
const point = (name: string, value_ns: string): JSX.Element => part(name, pointText(BigInt(value_ns)), exactNs(value_ns));

const disciplineRests = (said: DaemonView["chronyd"]): ComponentChildren =>
  said && (
    <>
      {point("offset", said.offset_ns)}, {span("root delay", said.root_delay_ns)}, {span("root dispersion", said.root_dispersion_ns)},
      stratum {said.stratum}
      {said.follows !== null && `, follows ${said.follows}`}
    </>
  );

const kernelRests = (said: DaemonView["kernel"]): ComponentChildren =>
  said && (
    <>
      {point("offset", said.offset_ns)}, {span("maxerror", said.max_error_ns)}, {span("esterror", said.estimated_error_ns)}
    </>
  );
