import type { ApiTokenMade, ApiTokenView } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { makeApiToken, revokeApiToken } from "../../api/admin-requests.ts";
import { useServices } from "../../api/services.ts";
import { useAdmin } from "../../api/use-admin.ts";
import { Age } from "../parts/age.tsx";
import { Instant } from "../parts/exact.tsx";
import { GrantFields, grantOf, grantWords, type Role } from "./grant-fields.tsx";
import { MakeForm } from "./make-form.tsx";
import { Press } from "./press.tsx";
import { Choice, TextField } from "./text-field.tsx";
import { TokenRoom } from "./token-room.tsx";

const DAYS = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "a year"],
  ["none", "as long as it is not revoked"],
] as const;
type Days = (typeof DAYS)[number][0];

/** By which programs ask the API. */
export function ApiTokensView(): JSX.Element {
  const request = useAdmin("api-tokens");
  return (
    <TokenRoom
      id="api-tokens"
      title="API tokens"
      says="by which programs ask; each may do no more than whoever made it"
      none="There is no API token: no program asks by one."
      request={request}
      form={(keep) => <TokenForm onMade={keep} />}
      shown={shownOf}
    >
      {(tokens) => <TokenTable tokens={tokens} onRevoked={request.renew} />}
    </TokenRoom>
  );
}

const shownOf = ({ view, token }: ApiTokenMade) => ({
  title: `API token ${view.name}`,
  ways: [{ where: null, text: token }],
  says: "Sent as Authorization: Bearer. It is shown this once: keep it in a file that only its reader can open",
});

function TokenForm({ onMade }: { readonly onMade: (made: ApiTokenMade) => void }): JSX.Element {
  const { clock } = useServices();
  const [name, setName] = useState("");
  const [days, setDays] = useState<Days>("90");
  const [role, setRole] = useState<Role>("viewer");
  const [labels, setLabels] = useState("");
  const wish = () => {
    const grant = grantOf(role, labels);
    if (typeof grant === "string") return grant;
    return () => makeApiToken({ name, grant, expires_in_days: days === "none" ? null : Number(days) }, clock);
  };
  return (
    <MakeForm title="Make an API token" verb="Make the token" wish={wish} onMade={onMade}>
      <TextField label="What uses it" hint="prometheus" longest={120} value={name} onSay={setName} required />
      <GrantFields role={role} labels={labels} onRole={setRole} onLabels={setLabels} />
      <Choice label="Works for" value={days} choices={DAYS} onChoose={setDays} />
    </MakeForm>
  );
}

const TokenTable = ({ tokens, onRevoked }: { readonly tokens: readonly ApiTokenView[]; readonly onRevoked: () => void }): JSX.Element => (
  <table class="sources admin-table admin-api">
    <thead>
      <tr>
        <th scope="col">Token</th>
        <th scope="col">May do</th>
        <th scope="col">Last used</th>
        <th scope="col">Works until</th>
        <th scope="col">Revoke</th>
      </tr>
    </thead>
    <tbody>
      {tokens.map((token) => (
        <TokenRow key={token.id} token={token} onRevoked={onRevoked} />
      ))}
    </tbody>
  </table>
);

/** The server keeps it to the minute. */
const LastUsed = ({ at }: { readonly at: string }): JSX.Element => (
  <>
    <Age at={at} /> ago
  </>
);

function TokenRow({ token, onRevoked }: { readonly token: ApiTokenView; readonly onRevoked: () => void }): JSX.Element {
  const { clock } = useServices();
  const { id, name, owner, grant, expires_at, last_used_at, revoked_at } = token;
  return (
    <tr class={revoked_at === null ? "" : "part-over"}>
      <th scope="row" class="source-name">
        <span>{name}</span>
        <span class="fact-note">{owner === null ? "of nobody: the command line, or without sign-in" : `of ${owner}`}</span>
      </th>
      <td data-name="may do">{grantWords(grant)}</td>
      <td data-name="last used">{last_used_at === null ? <span class="muted">never</span> : <LastUsed at={last_used_at} />}</td>
      <td data-name="works until">{expires_at === null ? "it is revoked" : <Instant at={expires_at} />}</td>
      <td class="presses">
        {revoked_at === null ? (
          <Press
            verb="Revoke"
            what={name}
            warning={`Whatever uses ${name} is refused from its next request on. This cannot be undone; another token can be made.`}
            send={() => revokeApiToken(id, clock)}
            done={() => "Revoked"}
            onDone={onRevoked}
          />
        ) : (
          <span>revoked</span>
        )}
      </td>
    </tr>
  );
}
