import type { JoinTokenMade, JoinTokenView } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { makeJoinToken, revokeJoinToken } from "../../api/admin-requests.ts";
import { useServices } from "../../api/services.ts";
import { useAdmin } from "../../api/use-admin.ts";
import { PLAN_PATH } from "../../route/audit-place.ts";
import { Link } from "../../route/link.tsx";
import { JOIN_SPANS, type JoinSpan, joinWish } from "./join-wish.ts";
import { labelsText } from "./labels-text.ts";
import { MakeForm } from "./make-form.tsx";
import { Press } from "./press.tsx";
import { leftWords } from "./span-words.ts";
import { Choice, CountField, TextField } from "./text-field.tsx";
import { TokenRoom } from "./token-room.tsx";

/** Lets hosts in: a token, and what to type on the host. */
export function JoinView(): JSX.Element {
  const request = useAdmin("join-tokens");
  const server = request.loaded.kind === "ready" ? request.loaded.value.server : "";
  return (
    <TokenRoom
      id="tokens"
      title="Join tokens"
      says={
        <>
          that still let hosts in; hosts that came by one stay when it is revoked. Ten minutes after a host came{" "}
          <Link to={PLAN_PATH}>the plan</Link> says what can be proved on it
        </>
      }
      none="No join token can be used now: no further host comes in by one."
      request={request}
      form={(keep) => <JoinForm server={server} onMade={keep} />}
      shown={shownOf}
    >
      {(tokens) => <TokenTable tokens={tokens} onRevoked={request.renew} />}
    </TokenRoom>
  );
}

const shownOf = ({ commands, package_commands, server }: JoinTokenMade) => ({
  title: "On the host",
  ways: [
    { where: "With the agent's package, as root", text: package_commands.join("\n") },
    { where: "Or in a folder of Truebound, after npm ci", text: commands.join("\n") },
  ],
  says: `Hosts come in at ${server}. The token is shown this once`,
});

function JoinForm({ server, onMade }: { readonly server: string; readonly onMade: (made: JoinTokenMade) => void }): JSX.Element {
  const { clock } = useServices();
  const [span, setSpan] = useState<JoinSpan>("600");
  const [uses, setUses] = useState("1");
  const [names, setNames] = useState("");
  const [labels, setLabels] = useState("");
  const [address, setAddress] = useState("");
  const [approval, setApproval] = useState(false);
  const [ephemeral, setEphemeral] = useState(false);
  const wish = () => {
    const said = joinWish({ span, uses, names, labels, address, approval, ephemeral });
    return typeof said === "string" ? said : () => makeJoinToken(said, clock);
  };
  return (
    <MakeForm title="Let hosts in" verb="Make a join token" wish={wish} onMade={onMade}>
      <CountField label="How many hosts" most={100_000} value={uses} onSay={setUses} />
      <Choice label="Within" value={span} choices={JOIN_SPANS} onChoose={setSpan} />
      <TextField label="Only names like this" hint="any name; web-* for a pattern" longest={255} value={names} onSay={setNames} />
      <TextField label="Labels that they carry" hint="none; env=test, desk=fx" value={labels} onSay={setLabels} />
      <TextField label="Where they report" hint={server} value={address} onSay={setAddress} />
      <div class="make-toggles">
        <label class="toggle">
          <input type="checkbox" checked={approval} onChange={(event) => setApproval(event.currentTarget.checked)} /> Each waits until
          somebody approves it
        </label>
        <label class="toggle">
          <input type="checkbox" checked={ephemeral} onChange={(event) => setEphemeral(event.currentTarget.checked)} /> Short-lived: retired
          when they stop, or after 24 h of silence
        </label>
      </div>
    </MakeForm>
  );
}

interface TokenTableProps {
  readonly tokens: readonly JoinTokenView[];
  readonly onRevoked: () => void;
}

function TokenTable({ tokens, onRevoked }: TokenTableProps): JSX.Element {
  const { clock } = useServices();
  return (
    <table class="sources admin-table admin-join">
      <thead>
        <tr>
          <th scope="col">Token</th>
          <th scope="col">Lets in</th>
          <th scope="col">Ends in</th>
          <th scope="col">Its hosts</th>
          <th scope="col">Revoke</th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">
              <code>{token.id}</code>
            </th>
            <td data-name="lets in">
              {token.uses_left} more
              <span class="fact-note">of {token.uses}</span>
            </td>
            <td data-name="ends in">{leftWords(token.expires_in_s)}</td>
            <td data-name="its hosts">{hostsWords(token)}</td>
            <td>
              <Press
                verb="Revoke"
                what={token.id}
                send={() => revokeJoinToken(token.id, clock)}
                done={() => "Revoked"}
                onDone={onRevoked}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function hostsWords({ labels, name_pattern, approval, ephemeral_hours }: JoinTokenView): string {
  const words = [
    name_pattern === null ? "any name" : `named ${name_pattern}`,
    labelsText(labels),
    approval ? "wait for approval" : "",
    ephemeral_hours === null ? "" : `retired after ${ephemeral_hours} h of silence`,
  ];
  return words.filter((word) => word !== "").join("; ");
}
