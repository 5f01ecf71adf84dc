import type { SystemView as System, SystemCheckView } from "@truebound/wire";
import type { JSX } from "preact";
import { useSystem } from "../../api/use-system.ts";
import { causeOf } from "../../format/failure-words.ts";
import { checkLook, checkTitle, systemLine } from "../../format/system-words.ts";
import { Instant } from "../parts/exact.tsx";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { Mark } from "../parts/mark.tsx";

const POLL_MS = 10_000;

/** How the service itself stands, the worst first, each with what to do about it. */
export function SystemView(): JSX.Element {
  const { loaded, renew } = useSystem(POLL_MS);
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} isPart />;
  if (loaded.kind === "loading") return <Loading title="Asking the server how the service stands…" isPart />;
  const { value, failure } = loaded;
  return (
    <section aria-labelledby="system-title">
      <div class="section-head">
        <h2 id="system-title">{systemLine(value)}</h2>
        <p>
          {value.at === null ? "the database does not answer" : <Seen at={value.at} />}; Truebound {value.version}.{" "}
          <code>truebound doctor</code> says the same on the server’s machine
        </p>
      </div>
      {failure && (
        <p class="inline-trouble" role="alert">
          What is shown is old, and could not be loaded anew: {causeOf(failure)}
        </p>
      )}
      <Checks checks={value.checks} />
      <Servers servers={value.servers} />
    </section>
  );
}

const Seen = ({ at }: { readonly at: string }): JSX.Element => (
  <>
    as of <Instant at={at} />
  </>
);

const Checks = ({ checks }: Pick<System, "checks">): JSX.Element => (
  <table class="sources admin-table system-checks" aria-label="Checks">
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">State</th>
        <th scope="col">Why</th>
        <th scope="col">What to do</th>
      </tr>
    </thead>
    <tbody>
      {checks.map((check) => (
        <CheckRow key={check.id} {...check} />
      ))}
    </tbody>
  </table>
);

const CheckRow = ({ id, state, words, since, mend }: SystemCheckView): JSX.Element => {
  const { look, word } = checkLook(state);
  return (
    <tr class={`check-${state}`}>
      <th scope="row" class="source-name">
        {checkTitle(id)}
      </th>
      <td data-name="state">
        <span class="admin-state">
          <Mark look={look} /> {word}
        </span>
      </td>
      <td data-name="why">
        {words}
        {since !== null && (
          <span class="fact-note">
            since <Instant at={since} />
          </span>
        )}
      </td>
      <td data-name="what to do">{mend !== null && <Mend text={mend} />}</td>
    </tr>
  );
};

const COMMAND = /(truebound(?:-agent)? [a-z-]+(?: [a-z-]+)*(?: [A-Z]+| --[a-z-]+)*|TRUEBOUND_[A-Z_]+(?:=[A-Z]+)?|DATABASE_URL)/;

/** Commands and settings as they are typed. */
const Mend = ({ text }: { readonly text: string }): JSX.Element => (
  <span>{text.split(COMMAND).map((part, index) => (index % 2 === 0 ? part : <code key={part}>{part}</code>))}</span>
);

function Servers({ servers }: Pick<System, "servers">): JSX.Element | null {
  if (servers.length === 0) return null;
  return (
    <table class="sources admin-table system-servers" aria-label="Servers">
      <thead>
        <tr>
          <th scope="col">Server</th>
          <th scope="col">Version</th>
          <th scope="col">Began</th>
          <th scope="col">Seen last</th>
          <th scope="col">Judges alerts</th>
        </tr>
      </thead>
      <tbody>
        {servers.map(({ name, version, started_at, seen_at, judges }) => (
          <tr key={`${name} ${started_at}`}>
            <th scope="row" class="source-name">
              {name}
            </th>
            <td data-name="version">{version}</td>
            <td data-name="began">
              <Instant at={started_at} />
            </td>
            <td data-name="seen last">
              <Instant at={seen_at} />
            </td>
            <td data-name="judges alerts">{judges ? "yes" : "no"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
