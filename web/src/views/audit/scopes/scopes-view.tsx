import { atMost } from "@truebound/time";
import type { ScopeView } from "@truebound/wire";
import type { JSX } from "preact";
import { useDeclared } from "../../../api/use-declared.ts";
import { useSession } from "../../../api/use-session.ts";
import { exactNs } from "../../../format/bound.ts";
import { AdminList } from "../../admin/admin-list.tsx";
import { labelsText } from "../../admin/labels-text.ts";
import { Exact, Instant } from "../../parts/exact.tsx";
import { mayAudit } from "../may-audit.ts";
import { ExemptionForm } from "./exemption-form.tsx";
import { ExemptionTable } from "./exemption-table.tsx";

/** Whose clocks are held against which limit, and when they need not hold it. */
export function ScopesView(): JSX.Element {
  const scopes = useDeclared("scopes");
  const exemptions = useDeclared("exemptions");
  const isAuditor = mayAudit(useSession());
  const known = scopes.loaded.kind === "ready" ? scopes.loaded.value.items : [];
  return (
    <>
      <AdminList
        id="scopes"
        title="Scopes"
        says="whose clocks are held against which limit, and when, as of now"
        none="No scope is declared, so no report can be made of one. A file that truebound apply reads sets them:"
        request={scopes}
      >
        {(items) => <ScopeTable scopes={items} />}
      </AdminList>
      {scopes.loaded.kind === "ready" && scopes.loaded.value.items.length === 0 && <pre class="scope-example">{EXAMPLE}</pre>}
      <AdminList
        id="exemptions"
        title="Exemptions"
        says="when a limit need not hold; each is kept for good"
        none="None was ever declared: the limits of all scopes hold at all their times."
        request={exemptions}
      >
        {(items) => <ExemptionTable exemptions={items} isAuditor={isAuditor} onWithdrawn={exemptions.renew} />}
      </AdminList>
      {isAuditor && known.length > 0 && <ExemptionForm scopes={known} onDeclared={exemptions.renew} />}
    </>
  );
}

/** As docs/scopes.md has it. */
const EXAMPLE = `version: 1
scopes:
  - name: gateways
    profile: us-cat-member
    labels: { role: gateway }

truebound apply --diff scopes.yaml`;

const ScopeTable = ({ scopes }: { readonly scopes: readonly ScopeView[] }): JSX.Element => (
  <table class="sources admin-table scopes-table" aria-label="Scopes">
    <thead>
      <tr>
        <th scope="col">Scope</th>
        <th scope="col">Profile</th>
        <th scope="col">Hosts, hours</th>
        <th scope="col">Error of the application, horizon</th>
        <th scope="col">Declared</th>
      </tr>
    </thead>
    <tbody>
      {scopes.map((scope) => (
        <Row key={scope.name} scope={scope} />
      ))}
    </tbody>
  </table>
);

const Row = ({ scope }: { readonly scope: ScopeView }): JSX.Element => (
  <tr>
    <th scope="row" class="source-name">
      {scope.name}
      {scope.service !== null && <span class="fact-note">{scope.service}</span>}
    </th>
    <td data-name="profile">
      <code>{scope.profile}</code>
      {scope.minimum_proven_ppm !== null && <span class="fact-note">at least {scope.minimum_proven_ppm / 10_000} % proved</span>}
    </td>
    <td data-name="hosts, hours">
      {labelsText(scope.hosts) || "every host"}
      <span class="fact-note">{scope.calendar ?? "at all times"}</span>
    </td>
    <td data-name="error of the application, horizon">
      <Span ns={scope.app_error_ns} />, <Span ns={scope.horizon_ns} />
      {scope.counts_unverified && <span class="fact-note">unverified bounds count</span>}
    </td>
    <td data-name="declared">
      <Instant at={scope.declared_at} />
      <span class="fact-note">{scope.declared_by}</span>
    </td>
  </tr>
);

const Span = ({ ns }: { readonly ns: string }): JSX.Element => <Exact text={ns === "0" ? "0" : atMost(BigInt(ns))} exact={exactNs(ns)} />;
