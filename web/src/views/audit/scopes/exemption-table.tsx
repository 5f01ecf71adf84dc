import type { ExemptionView } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { withdrawExemption } from "../../../api/audit-requests.ts";
import { useServices } from "../../../api/services.ts";
import { Press } from "../../admin/press.tsx";
import { TextField } from "../../admin/text-field.tsx";
import { Instant } from "../../parts/exact.tsx";
import { useWho } from "../../parts/use-who.ts";

interface ExemptionTableProps {
  readonly exemptions: readonly ExemptionView[];
  readonly isAuditor: boolean;
  readonly onWithdrawn: () => void;
}

export const ExemptionTable = ({ exemptions, ...rest }: ExemptionTableProps): JSX.Element => (
  <table class="sources admin-table exemptions-table" aria-label="Exemptions">
    <thead>
      <tr>
        <th scope="col">Scope, host</th>
        <th scope="col">From, to</th>
        <th scope="col">Why</th>
        <th scope="col">Declared</th>
        <th scope="col">Withdraw</th>
      </tr>
    </thead>
    <tbody>
      {exemptions.toReversed().map((exemption) => (
        <Row key={exemption.id} exemption={exemption} {...rest} />
      ))}
    </tbody>
  </table>
);

type RowProps = Omit<ExemptionTableProps, "exemptions"> & { readonly exemption: ExemptionView };

const Row = ({ exemption, isAuditor, onWithdrawn }: RowProps): JSX.Element => (
  <tr class={exemption.withdrawn_at === undefined ? "" : "part-over"}>
    <th scope="row" class="source-name">
      {exemption.scope}
      <span class="fact-note">
        {exemption.host === null ? "every host of it" : (exemption.host_name ?? exemption.host)}; exemption {exemption.id}
      </span>
    </th>
    <td data-name="from, to">
      <Instant at={exemption.from} />
      <br />
      <Instant at={exemption.to} />
    </td>
    <td data-name="why">
      {exemption.reason}
      {exemption.late && <span class="fact-note">declared after it began: it hides no violation</span>}
    </td>
    <td data-name="declared">
      <Instant at={exemption.declared_at} />
      <span class="fact-note">{exemption.declared_by}</span>
    </td>
    <td data-name="withdraw" class="presses">
      <Withdrawn exemption={exemption} isAuditor={isAuditor} onWithdrawn={onWithdrawn} />
    </td>
  </tr>
);

function Withdrawn({ exemption, isAuditor, onWithdrawn }: RowProps): JSX.Element {
  if (exemption.withdrawn_at !== undefined)
    return (
      <span>
        withdrawn <Instant at={exemption.withdrawn_at} />
        <span class="fact-note">
          {exemption.withdrawn_by}: {exemption.withdrawn_reason}
        </span>
      </span>
    );
  return isAuditor ? <Withdraw id={exemption.id} onWithdrawn={onWithdrawn} /> : <span class="muted">in force at its times</span>;
}

function Withdraw({ id, onWithdrawn }: { readonly id: string; readonly onWithdrawn: () => void }): JSX.Element {
  const { clock } = useServices();
  const [who, setWho] = useWho();
  const [reason, setReason] = useState("");
  const isSaid = reason.trim() !== "" && who !== "";
  return (
    <details class="withdraw">
      <summary aria-label={`Withdraw exemption ${id}, say why`}>Withdraw…</summary>
      <TextField label={`Why exemption ${id} is withdrawn`} longest={500} value={reason} onSay={setReason} />
      {setWho !== null && <TextField label="Your name" longest={300} value={who} onSay={setWho} />}
      {isSaid ? (
        <Press
          verb="Withdraw"
          what={`exemption ${id}`}
          warning="It ends now, and of what it exempted until now it hides no violation. Reports that were made stay as they are, and say so. This cannot be undone."
          send={() => withdrawExemption(id, { reason, who }, clock)}
          done={({ reports }) => (reports.length === 0 ? "Withdrawn" : `Withdrawn; ${reports.length} reports rest on it`)}
          onDone={onWithdrawn}
        />
      ) : (
        <p class="muted">Say why{setWho !== null && ", and who you are"}, to withdraw it.</p>
      )}
    </details>
  );
}
