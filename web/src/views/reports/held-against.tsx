import type { ProfileView } from "@truebound/wire";
import type { JSX } from "preact";
import { useDeclared } from "../../api/use-declared.ts";
import { Choice } from "../admin/text-field.tsx";
import { profileTerms } from "../audit/profiles/profile-terms.ts";

export const HOWS = [
  ["all", "all declared scopes"],
  ["scope", "one scope"],
  ["profiles", "profiles, on every host"],
] as const;
export type How = (typeof HOWS)[number][0];

/** What clocks are held against, as it was chosen. */
export interface HeldAgainst {
  readonly how: How;
  readonly scope: string;
  readonly profiles: readonly string[];
}

export const DECLARED: HeldAgainst = { how: "all", scope: "", profiles: [] };

/** As the API takes it, or what is missing. */
export function asked({ how, scope, profiles }: HeldAgainst): { readonly scopes: string[]; readonly profiles: string[] } | string {
  if (how === "scope") return scope === "" ? "Choose the scope" : { scopes: [scope], profiles: [] };
  if (how === "profiles") return profiles.length === 0 ? "Choose at least one profile" : { scopes: [], profiles: [...profiles] };
  return { scopes: [], profiles: [] };
}

interface HeldAgainstFieldProps {
  readonly value: HeldAgainst;
  readonly onSay: (value: HeldAgainst) => void;
}

export const HeldAgainstField = ({ value, onSay }: HeldAgainstFieldProps): JSX.Element => (
  <>
    <Choice label="Held against" value={value.how} choices={HOWS} onChoose={(how) => onSay({ ...value, how })} />
    {value.how === "scope" && <ScopeChoice value={value.scope} onChoose={(scope) => onSay({ ...value, scope })} />}
    {value.how === "profiles" && <ProfileChoice chosen={value.profiles} onSay={(profiles) => onSay({ ...value, profiles })} />}
  </>
);

const UNREAD: Readonly<Record<string, string>> = { loading: "asking the server…", failed: "the list could not be loaded" };

function ScopeChoice({ value, onChoose }: { readonly value: string; readonly onChoose: (scope: string) => void }): JSX.Element {
  const { loaded } = useDeclared("scopes");
  const items = loaded.kind === "ready" ? loaded.value.items : [];
  const first = loaded.kind === "ready" ? (items.length === 0 ? "none is declared" : "choose one") : (UNREAD[loaded.kind] ?? "");
  const choices = [["", first] as const, ...items.map(({ name, profile }) => [name, `${name}: ${profile}`] as const)];
  return <Choice label="Scope" value={value} choices={choices} onChoose={onChoose} />;
}

interface ProfileChoiceProps {
  readonly chosen: readonly string[];
  readonly onSay: (profiles: readonly string[]) => void;
}

/** Rules without a number are no limits, and are not offered. */
function ProfileChoice({ chosen, onSay }: ProfileChoiceProps): JSX.Element {
  const { loaded } = useDeclared("profiles");
  const profiles = loaded.kind === "ready" ? loaded.value.items.filter(({ profile: { kind } }) => kind !== "template") : [];
  return (
    <fieldset class="profile-choice">
      <legend>Profiles, one or more</legend>
      {loaded.kind !== "ready" && <p class="muted">{UNREAD[loaded.kind]}</p>}
      {profiles.map((view) => (
        <ProfileBox
          key={view.profile.id}
          view={view}
          isChosen={chosen.includes(view.profile.id)}
          onTurn={(isOn) => onSay([...chosen.filter((id) => id !== view.profile.id), ...(isOn ? [view.profile.id] : [])])}
        />
      ))}
    </fieldset>
  );
}

interface ProfileBoxProps {
  readonly view: ProfileView;
  readonly isChosen: boolean;
  readonly onTurn: (isOn: boolean) => void;
}

const ProfileBox = ({ view: { profile, in_force }, isChosen, onTurn }: ProfileBoxProps): JSX.Element => (
  <label class="profile-box">
    <input type="checkbox" checked={isChosen} onChange={(event) => onTurn(event.currentTarget.checked)} />
    <span>
      {profile.id}
      <span class="fact-note">
        {profileTerms(profile).limit}
        {!in_force && ", not in force today"}
      </span>
    </span>
  </label>
);
