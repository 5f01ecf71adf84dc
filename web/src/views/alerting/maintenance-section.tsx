import type { MaintenanceView } from "@truebound/wire";
import type { JSX } from "preact";
import { endWindow } from "../../api/alerting-requests.ts";
import { useTeller } from "../../api/open-incidents.ts";
import { useServices } from "../../api/services.ts";
import { hasRole } from "../../api/session.ts";
import type { Request } from "../../api/use-request.ts";
import { useSession } from "../../api/use-session.ts";
import { quietWords } from "../../format/quiet-words.ts";
import { Press } from "../admin/press.tsx";
import { Instant } from "../parts/exact.tsx";
import { useWho } from "../parts/use-who.ts";
import { DeclaredCells, DeclaredHeads } from "./declared-rows.tsx";
import { PartSection } from "./part-section.tsx";
import { WindowForm } from "./window-form.tsx";

const STATES: Readonly<Record<MaintenanceView["state"], string>> = { running: "in force now", coming: "to come", past: "over" };
const ORDER = ["running", "coming", "past"] as const;
const inOrder = (windows: readonly MaintenanceView[]): MaintenanceView[] =>
  ORDER.flatMap((state) => {
    const found = windows.filter((window) => window.state === state);
    return state === "past" ? found.toSorted((a, b) => String(b.to).localeCompare(String(a.to))) : found;
  });

/** Times at which nobody is told of some hosts: declared here by whoever operates, or by a file. */
export function MaintenanceSection({ request }: { readonly request: Request<MaintenanceView[]> }): JSX.Element {
  const session = useSession();
  const signer = useWho();
  const teller = useTeller();
  const mayDeclare = session.kind !== "in" || hasRole(session, "operator", "admin");
  return (
    <PartSection
      id="maintenance"
      title="Maintenance windows"
      says={
        teller === "prometheus"
          ? `times of work on these hosts: ${quietWords("prometheus")}`
          : "times at which nobody is told of these hosts"
      }
      none="No maintenance window is set."
      request={request}
      above={mayDeclare && <Declare signer={signer} onDeclared={request.renew} />}
    >
      {(windows) => <WindowTable windows={inOrder(windows)} signer={mayDeclare ? signer : null} onEnded={request.renew} />}
    </PartSection>
  );
}

type Signer = ReturnType<typeof useWho>;

const Declare = (props: { readonly signer: Signer; readonly onDeclared: () => void }): JSX.Element => (
  <details class="declare">
    <summary>Declare a window…</summary>
    <WindowForm {...props} />
  </details>
);

interface TableProps {
  readonly windows: readonly MaintenanceView[];
  /** Null = whoever looks may end none. */
  readonly signer: Signer | null;
  readonly onEnded: () => void;
}

const WindowTable = ({ windows, ...rest }: TableProps): JSX.Element => (
  <table class="sources maintenance">
    <thead>
      <tr>
        <th scope="col">Window</th>
        <th scope="col">When</th>
        <th scope="col">Hosts</th>
        <DeclaredHeads />
      </tr>
    </thead>
    <tbody>
      {windows.map((window) => (
        <WindowRow key={window.name} window={window} {...rest} />
      ))}
    </tbody>
  </table>
);

type RowProps = Omit<TableProps, "windows"> & { readonly window: MaintenanceView };

const WindowRow = ({ window, ...rest }: RowProps): JSX.Element => (
  <tr class={window.state === "past" ? "part-over" : ""}>
    <th scope="row" class="source-name">
      <span>{window.name}</span>
      <span class={window.active ? "tag" : "fact-note"}>
        {window.from === null && !window.active ? "every week" : STATES[window.state]}
      </span>
    </th>
    <td data-name="when">
      <When window={window} />
    </td>
    <td data-name="hosts">{window.hosts}</td>
    <DeclaredCells of={window}>
      <End window={window} {...rest} />
    </DeclaredCells>
  </tr>
);

const When = ({ window: { from, to, when, next } }: Pick<RowProps, "window">): JSX.Element =>
  from === null || to === null ? (
    <>
      <span>{when}</span>
      {next !== null && (
        <span class="fact-note">
          next <Instant at={next.from} /> to <Instant at={next.to} />
        </span>
      )}
    </>
  ) : (
    <>
      <Instant at={from} />
      <br />
      <Instant at={to} />
    </>
  );

/** What a file set has no button, and neither has what is over. */
function End({ window: { name, state, origin, from }, signer, onEnded }: RowProps): JSX.Element | null {
  const { clock } = useServices();
  if (origin !== "person" || state === "past" || signer === null) return null;
  const [who] = signer;
  if (who.trim() === "") return <span class="muted">say who you are above, to end it</span>;
  return (
    <Press
      verb={state === "running" ? "End now" : "Take back"}
      what={name}
      warning={`${state === "running" ? "People are told again from now on, also of what began meanwhile." : "It will not keep anybody quiet."}${from === null ? " It comes in no later week either." : ""}`}
      send={() => endWindow(name, who.trim(), clock)}
      done={() => "ended"}
      onDone={onEnded}
    />
  );
}
