import type { Action } from "@truebound/wire";
import type { JSX } from "preact";
import { loadAllActions } from "../../api/admin-requests.ts";
import { useServices } from "../../api/services.ts";
import { useActions } from "../../api/use-admin.ts";
import { adminPath } from "../../route/admin-place.ts";
import { Instant } from "../parts/exact.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { saveText } from "../parts/save-text.ts";
import { SearchBox } from "../parts/search-box.tsx";
import { useSubmit } from "../parts/use-submit.ts";
import { actionsCsv, fits } from "./actions-csv.ts";
import { AdminList } from "./admin-list.tsx";

/** Who changed what, or tried to. Nobody can alter it. */
export function ActionsView({ search }: { readonly search: string }): JSX.Element {
  const request = useActions();
  const words = new URLSearchParams(search).get("q") ?? "";
  const isMore = request.loaded.kind === "ready" && request.loaded.value.next !== null;
  return (
    <AdminList
      id="actions"
      title="Actions"
      says="who changed what, or tried to, written down before it was done; nobody can alter it"
      none="Nothing was changed yet."
      request={request}
    >
      {(all) => {
        const found = all.filter((action) => fits(action, words));
        return (
          <>
            <div class="tools">
              <SearchBox
                words={words}
                search={search}
                path={adminPath("actions")}
                hints={{ placeholder: "Find an action", label: "Find actions by who, what, when or from where" }}
              />
              <Export words={words} />
              <span class="tools-end">
                {found.length} shown{isMore ? `, of the latest ${all.length}; the CSV has all` : ""}
              </span>
            </div>
            {found.length === 0 ? <p class="none">No action shown here fits this search.</p> : <ActionTable actions={found} />}
          </>
        );
      }}
    </AdminList>
  );
}

/** The whole book, or what of it fits the search. */
function Export({ words }: { readonly words: string }): JSX.Element {
  const { clock } = useServices();
  const { state, submit } = useSubmit<Action[]>((all) => save(actionsCsv(all.filter((action) => fits(action, words)))));
  return (
    <span class="press">
      <button type="button" disabled={state.kind === "sending"} onClick={() => submit(() => loadAllActions(clock))}>
        {state.kind === "sending" ? "Asking…" : "CSV"}
      </button>
      <Outcome state={state} done={() => "Saved"} />
    </span>
  );
}

const save = (text: string): void => saveText("truebound-actions.csv", "text/csv", text);

const ActionTable = ({ actions }: { readonly actions: readonly Action[] }): JSX.Element => (
  <table class="sources admin-table admin-actions">
    <thead>
      <tr>
        <th scope="col">When</th>
        <th scope="col">Who</th>
        <th scope="col">What</th>
        <th scope="col">Became of it</th>
        <th scope="col">From</th>
      </tr>
    </thead>
    <tbody>
      {actions.map((action) => (
        <tr key={action.id}>
          <th scope="row">
            <Instant at={action.at} />
          </th>
          <td data-name="who">
            <span>{action.actor}</span>
            <span class="fact-note">{action.actor_kind}</span>
          </td>
          <td data-name="what" class="admin-what">
            <strong>{action.operation}</strong> {action.target ?? ""}
            {hasDetail(action.detail) && <code>{JSON.stringify(action.detail)}</code>}
          </td>
          <td data-name="became of it">{outcomeWords(action.outcome)}</td>
          <td data-name="from">{action.address ?? <span class="muted">a command line</span>}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const hasDetail = (detail: unknown): boolean => typeof detail === "object" && detail !== null && Object.keys(detail).length > 0;

function outcomeWords(status: number | null): string {
  if (status === null) return "not known: under way, or the server ended";
  return status < 400 ? "done" : `refused (${status})`;
}
