import type { ProfileView, ScopeView } from "@truebound/wire";
import type { JSX } from "preact";
import { useDeclared } from "../../../api/use-declared.ts";
import { auditPath, planPath } from "../../../route/audit-place.ts";
import { Link } from "../../../route/link.tsx";
import { AdminList } from "../../admin/admin-list.tsx";
import { Exact } from "../../parts/exact.tsx";
import { profileTerms, validity } from "./profile-terms.ts";

/** Limits that somebody has set: by whom, where it is written, and whose clocks are held against them here. */
export function ProfilesView(): JSX.Element {
  const request = useDeclared("profiles");
  const { loaded } = useDeclared("scopes");
  const scopes = loaded.kind === "ready" ? loaded.value.items : null;
  return (
    <AdminList
      id="profiles"
      title="Limits on clocks"
      says="those that come with Truebound, rules that name no number, and those that a file set; nothing is measured differently because of one"
      none="There is no profile."
      request={request}
    >
      {(profiles) => <ProfileTable profiles={profiles} scopes={scopes} />}
    </AdminList>
  );
}

interface ProfileTableProps {
  readonly profiles: readonly ProfileView[];
  /** Null = not known. */
  readonly scopes: readonly ScopeView[] | null;
}

const ProfileTable = ({ profiles, scopes }: ProfileTableProps): JSX.Element => (
  <table class="sources admin-table profiles-table" aria-label="Profiles">
    <thead>
      <tr>
        <th scope="col">Profile</th>
        <th scope="col">Limit</th>
        <th scope="col">Granularity, retention</th>
        <th scope="col">In force</th>
        <th scope="col">Source</th>
        <th scope="col">Scopes here</th>
      </tr>
    </thead>
    <tbody>
      {profiles.map((view) => (
        <Row key={view.profile.id} view={view} scopes={scopes} />
      ))}
    </tbody>
  </table>
);

function Row({
  view: { profile, in_force, sha256 },
  scopes,
}: {
  readonly view: ProfileView;
  readonly scopes: ProfileTableProps["scopes"];
}): JSX.Element {
  const { limit, exact, granularity, retention, traceability, isDraft } = profileTerms(profile);
  return (
    <tr class={in_force ? "" : "part-over"} id={`profile-${profile.id}`}>
      <th scope="row" class="source-name">
        <span>{profile.title}</span> {isDraft && <span class="tag tag-provisional">draft</span>}
        <span class="fact-note" title={`SHA-256 ${sha256}`}>
          <code>{profile.id}</code>
        </span>
      </th>
      <td data-name="limit">
        <Exact text={limit} exact={exact} />
        <span class="fact-note">{profile.limit_on}</span>
      </td>
      <td data-name="granularity, retention">
        stamps to {granularity}; kept for {retention}
        <span class="fact-note">chain of documents to UTC: {traceability}</span>
      </td>
      <td data-name="in force">
        {in_force ? "yes" : "not today"}
        <span class="fact-note">{validity(profile)}</span>
        {profile.kind !== "template" && (
          <span class="fact-note">
            <Link to={planPath({ profile: profile.id })}>What can be proved</Link>
          </span>
        )}
      </td>
      <td data-name="source">
        {profile.jurisdiction !== null && <strong>{profile.jurisdiction}: </strong>}
        <Source source={profile.source} />
        {!profile.verified && <span class="fact-note">not read in the words of whoever set it</span>}
      </td>
      <td data-name="scopes here">
        <ScopesOf id={profile.id} scopes={scopes} />
      </td>
    </tr>
  );
}

/** Only what is a web address becomes a link. */
const Source = ({ source: { text, url } }: Pick<ProfileView["profile"], "source">): JSX.Element =>
  url !== null && /^https?:\/\//.test(url) ? (
    <a href={url} rel="noreferrer noopener">
      {text}
    </a>
  ) : (
    <span>{text}</span>
  );

function ScopesOf({ id, scopes }: { readonly id: string; readonly scopes: ProfileTableProps["scopes"] }): JSX.Element {
  if (scopes === null) return <span class="muted">not known</span>;
  const names = scopes.filter(({ profile }) => profile === id).map(({ name }) => name);
  return names.length === 0 ? <span class="muted">none</span> : <Link to={auditPath("scopes")}>{names.join(", ")}</Link>;
}
