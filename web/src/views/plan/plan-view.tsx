import { atMost } from "@truebound/time";
import type { PlanList } from "@truebound/wire";
import type { JSX } from "preact";
import { useDeclared } from "../../api/use-declared.ts";
import { usePlan } from "../../api/use-plan.ts";
import type { Request } from "../../api/use-request.ts";
import { countWords } from "../../format/count-words.ts";
import { PLAN_PATH } from "../../route/audit-place.ts";
import { Link } from "../../route/link.tsx";
import { lastingQuery, withQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";
import { Instant } from "../parts/exact.tsx";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { PlanRow } from "./plan-row.tsx";
import { tallyWords } from "./plan-words.ts";
import { ProfileChoice } from "./profile-choice.tsx";

/** Whether a limit can be proved on each host today, what stands in the way, and the cheapest thing that would change it. */
export function PlanView({ search }: { readonly search: string }): JSX.Element {
  const query = new URLSearchParams(search);
  const [profile, host, after] = [query.get("profile"), query.get("host"), query.get("after")];
  const go = (changes: Readonly<Record<string, string | null>>) =>
    navigate(`${PLAN_PATH}${withQuery(search, { after: null, ...changes })}`);
  return (
    <>
      <p class="plan-about">
        Computed from what each host measured in the last ten minutes: what its samples were made of, how it is polled, and what is assumed
        of it. Live means at every instant as it passes, with one reply lost; in a report each instant is seen from the exchanges on both
        sides.
      </p>
      <div class="plan-asked">
        <ProfileChoice request={useDeclared("profiles")} chosen={profile} onChoose={(id) => go({ profile: id })} />
        {host !== null && (
          <p>
            Of <strong>{host}</strong> alone. <Link to={`${PLAN_PATH}${withQuery(search, { host: null, after: null })}`}>All hosts</Link>
          </p>
        )}
      </div>
      {profile === null ? <NoLimit /> : <Plan profile={profile} host={host} after={after} search={search} />}
    </>
  );
}

const NoLimit = (): JSX.Element => (
  <Notice title="Choose a limit" isPart>
    <p>What can be proved depends on what has to be proved: choose the rule that your clocks have to keep.</p>
  </Notice>
);

interface PlanProps {
  readonly profile: string;
  readonly host: string | null;
  readonly after: string | null;
  readonly search: string;
}

function Plan({ profile, host, after, search }: PlanProps): JSX.Element {
  const request = usePlan({ profile, host, after });
  const since = useStale(request.loaded);
  const { loaded, renew } = request;
  if (loaded.kind === "loading") return <Loading title="Asking the server what can be proved…" isPart />;
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} isPart />;
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <StaleFrame isStale={since !== null}>
        {loaded.value.items.length === 0 ? (
          <NoHosts />
        ) : (
          <Plans list={loaded.value} search={search} renew={renew} isLater={after !== null} />
        )}
      </StaleFrame>
    </>
  );
}

const NoHosts = (): JSX.Element => (
  <Notice title="No host belongs to the fleet yet" isPart>
    <p>
      Let one in under <Link to="/admin/join">Administration</Link>; some minutes after its first report its plan is here.
    </p>
  </Notice>
);

interface PlansProps extends Pick<Request<PlanList>, "renew"> {
  readonly list: PlanList;
  readonly search: string;
  readonly isLater: boolean;
}

const Plans = ({ list: { profile, items, at, next, total }, search, renew, isLater }: PlansProps): JSX.Element => (
  <section aria-labelledby="plan-title">
    <div class="section-head">
      <h2 id="plan-title">{limitTitle(profile)}</h2>
      <p>
        Proved live on <strong>{tallyWords(items, "live")}</strong>, in a report on <strong>{tallyWords(items, "report")}</strong>
        {total > items.length && ` of the ${items.length} shown; there are ${countWords(total, "host")}`}. As of <Instant at={at} />.{" "}
        <button type="button" onClick={renew}>
          Look again
        </button>
      </p>
    </div>
    <table class="sources admin-table plan-table" aria-label="What can be proved on each host">
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">Live</th>
          <th scope="col">In a report</th>
          <th scope="col">What would change it</th>
        </tr>
      </thead>
      <tbody>
        {items.map((plan) => (
          <PlanRow key={plan.id} plan={plan} search={search} />
        ))}
      </tbody>
    </table>
    <p class="plan-pages">
      {isLater && <Link to={`${PLAN_PATH}${withQuery(search, { after: null })}`}>First hosts</Link>}
      {next !== null && <Link to={`${PLAN_PATH}${withQuery(search, { after: next })}`}>Next hosts</Link>}
    </p>
    <p class="band-note">
      Where the figures of a cost come from, and what came of trying it on several kinds of link: <code>docs/what-can-be-proved.md</code>.{" "}
      <Link to={`/audit/profiles${lastingQuery(search)}`}>All limits</Link>
    </p>
  </section>
);

const limitTitle = ({ title, limit_ns, kind }: PlanList["profile"]): string =>
  `${title}: within ${atMost(BigInt(limit_ns))}${kind === "pair" ? " of each other, half of it for each clock" : ""}`;
