import type { LinkMade } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addPerson } from "../../api/admin-requests.ts";
import { useServices } from "../../api/services.ts";
import { useAdmin } from "../../api/use-admin.ts";
import { AdminList } from "./admin-list.tsx";
import { GrantFields, grantOf, type Role } from "./grant-fields.tsx";
import { MakeForm } from "./make-form.tsx";
import { PersonRow } from "./person-row.tsx";
import { ShownOnce } from "./shown-once.tsx";
import { TextField } from "./text-field.tsx";

/** Who may sign in, and what they may do. */
export function PeopleView(): JSX.Element {
  const request = useAdmin("people");
  const [link, setLink] = useState<{ readonly name: string; readonly made: LinkMade } | null>(null);
  return (
    <>
      <PersonForm onAdded={request.renew} />
      {link !== null && (
        <ShownOnce
          title={`Sign-in link of ${link.name}`}
          ways={[{ where: null, text: link.made.url }]}
          says={`Signs ${link.name} in once, within ${link.made.expires_in_s / 60} minutes: give it to nobody else. It is shown this once`}
          onClose={() => setLink(null)}
        />
      )}
      <AdminList
        id="people"
        title="People"
        says="who may sign in; whoever was just added signs in by a link first"
        none="Nobody may sign in yet."
        request={request}
      >
        {(people) => (
          <table class="sources admin-table admin-people">
            <thead>
              <tr>
                <th scope="col">Person</th>
                <th scope="col">May do</th>
                <th scope="col">Sessions</th>
                <th scope="col">Change</th>
              </tr>
            </thead>
            <tbody>
              {people.map((person) => (
                <PersonRow
                  key={person.id}
                  person={person}
                  onChanged={request.renew}
                  onLink={(made) => setLink({ name: person.name, made })}
                />
              ))}
            </tbody>
          </table>
        )}
      </AdminList>
    </>
  );
}

function PersonForm({ onAdded }: { readonly onAdded: () => void }): JSX.Element {
  const { clock } = useServices();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [labels, setLabels] = useState("");
  const wish = () => {
    const grant = grantOf(role, labels);
    return typeof grant === "string" ? grant : () => addPerson(name.trim(), [grant], clock);
  };
  const added = (): void => {
    setName("");
    onAdded();
  };
  return (
    <MakeForm title="Add a person" verb="Add" wish={wish} onMade={added}>
      <TextField label="Name, in lower case" hint="ada, or ada@example.net" longest={120} value={name} onSay={setName} required />
      <GrantFields role={role} labels={labels} onRole={setRole} onLabels={setLabels} />
    </MakeForm>
  );
}
