import type { Grant, LinkMade, PersonView } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { changePerson, linkPerson, signOutPerson } from "../../api/admin-requests.ts";
import { useServices } from "../../api/services.ts";
import { countWords } from "../../format/count-words.ts";
import { GrantFields, grantOf, grantWords, type Role } from "./grant-fields.tsx";
import { MakeForm } from "./make-form.tsx";
import { Press } from "./press.tsx";

interface PersonRowProps {
  readonly person: PersonView;
  readonly onChanged: () => void;
  readonly onLink: (made: LinkMade) => void;
}

export function PersonRow({ person, onChanged, onLink }: PersonRowProps): JSX.Element {
  const { name, grants, disabled_at, has_password, oidc, sessions } = person;
  const isOut = disabled_at !== null;
  return (
    <tr class={isOut ? "part-over" : ""}>
      <th scope="row" class="source-name">
        <span>{name}</span>
        <span class="fact-note">{isOut ? "kept out" : wayIn(oidc !== null, has_password)}</span>
      </th>
      <td data-name="may do">
        {grants.length === 0 ? (
          <span class="muted">nothing: no role</span>
        ) : (
          <ul>
            {grants.map((grant) => (
              <li key={grantWords(grant)} class="grant">
                {grantWords(grant)}
                {oidc === null && !isOut && <Drop person={person} grant={grant} onChanged={onChanged} />}
              </li>
            ))}
          </ul>
        )}
      </td>
      <td data-name="sessions">{sessions === 0 ? <span class="muted">none open</span> : countWords(sessions, "session")}</td>
      <td class="presses">
        {isOut ? <Enable person={person} onChanged={onChanged} /> : <Presses person={person} onChanged={onChanged} onLink={onLink} />}
      </td>
    </tr>
  );
}

const wayIn = (byProvider: boolean, hasPassword: boolean): string =>
  byProvider ? "by the provider; their groups give the roles" : hasPassword ? "by a password" : "by a link; no password yet";

function Enable({ person: { id, name }, onChanged }: Omit<PersonRowProps, "onLink">): JSX.Element {
  const { clock } = useServices();
  return (
    <Press
      verb="Let in again"
      what={name}
      send={() => changePerson(id, { disabled: false }, clock)}
      done={() => "May sign in again"}
      onDone={onChanged}
    />
  );
}

function Presses({ person, onChanged, onLink }: PersonRowProps): JSX.Element {
  const { clock } = useServices();
  const { id, name, sessions } = person;
  const linked = (made: LinkMade): void => {
    onLink(made);
    onChanged();
  };
  return (
    <>
      <Press verb="Sign-in link" what={`of ${name}`} send={() => linkPerson(id, clock)} done={() => "It is above"} onDone={linked} />
      {sessions > 0 && (
        <Press
          verb="Sign out everywhere"
          what={name}
          send={() => signOutPerson(id, clock)}
          done={({ ended }) => `${countWords(ended, "session")} ended`}
          onDone={onChanged}
        />
      )}
      {person.oidc === null && <AddRole person={person} onChanged={onChanged} />}
      <Press
        verb="Keep out"
        what={name}
        warning={`${name} is signed out everywhere and cannot sign in again, and their API tokens stop. You can let them in again.`}
        send={() => changePerson(id, { disabled: true }, clock)}
        done={() => "Kept out"}
        onDone={onChanged}
      />
    </>
  );
}

const isSame = (a: Grant, b: Grant): boolean => grantWords(a) === grantWords(b);

/** One role of several; whoever has none may sign in and see nothing. */
function Drop({ person: { id, name, grants }, grant, onChanged }: Omit<PersonRowProps, "onLink"> & { readonly grant: Grant }): JSX.Element {
  const { clock } = useServices();
  return (
    <Press
      verb="Drop"
      what={`${grantWords(grant)} of ${name}`}
      warning={`${name} may no longer do what ${grantWords(grant)} lets them. You can give it again.`}
      send={() => changePerson(id, { grants: grants.filter((one) => !isSame(one, grant)) }, clock)}
      done={() => "Dropped"}
      onDone={onChanged}
    />
  );
}

/** One role more, over the whole fleet or a part of it. */
function AddRole({ person: { id, name, grants }, onChanged }: Omit<PersonRowProps, "onLink">): JSX.Element {
  const { clock } = useServices();
  const [role, setRole] = useState<Role>("viewer");
  const [labels, setLabels] = useState("");
  const wish = () => {
    const grant = grantOf(role, labels);
    if (typeof grant === "string") return grant;
    if (grants.some((one) => isSame(one, grant))) return `${name} is ${grantWords(grant)} already`;
    return () => changePerson(id, { grants: [...grants, grant] }, clock);
  };
  return (
    <details class="roles">
      <summary aria-label={`Add a role to ${name}`}>Add a role</summary>
      <MakeForm title={`What else ${name} may do`} verb="Add this role" wish={wish} onMade={onChanged}>
        <GrantFields role={role} labels={labels} onRole={setRole} onLabels={setLabels} />
      </MakeForm>
    </details>
  );
}
