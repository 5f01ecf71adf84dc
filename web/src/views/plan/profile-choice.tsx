import type { ProfileList, ProfileView } from "@truebound/wire";
import type { JSX } from "preact";
import type { Request } from "../../api/use-request.ts";
import { causeOf } from "../../format/failure-words.ts";
import { profileTerms } from "../audit/profiles/profile-terms.ts";

interface ProfileChoiceProps {
  readonly request: Request<ProfileList>;
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

/** The limits that have a number, those in force first. */
export function ProfileChoice({ request: { loaded }, chosen, onChoose }: ProfileChoiceProps): JSX.Element {
  const items = loaded.kind === "ready" ? loaded.value.items.filter(({ profile }) => profile.kind !== "template") : [];
  const failure = loaded.kind === "failed" ? loaded.failure : null;
  return (
    <>
      <label class="field plan-limit">
        <span>Limit</span>
        <select value={chosen ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
          <option value="" disabled>
            Choose a limit
          </option>
          {chosen !== null && !items.some(({ profile }) => profile.id === chosen) && <option value={chosen}>{chosen}</option>}
          <Group label="In force" items={items.filter(({ in_force }) => in_force)} />
          <Group label="Not in force today" items={items.filter(({ in_force }) => !in_force)} />
        </select>
      </label>
      {failure && (
        <p class="inline-trouble" role="alert">
          Cannot load the limits: {causeOf(failure)}
        </p>
      )}
    </>
  );
}

const Group = ({ label, items }: { readonly label: string; readonly items: readonly ProfileView[] }): JSX.Element | null =>
  items.length === 0 ? null : (
    <optgroup label={label}>
      {items.map(({ profile }) => (
        <option key={profile.id} value={profile.id}>
          {profileTerms(profile).limit} – {profile.title}
        </option>
      ))}
    </optgroup>
  );
