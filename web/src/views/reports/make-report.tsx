import type { ReportJob } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { makeReport } from "../../api/audit-requests.ts";
import { useServices } from "../../api/services.ts";
import { reportPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";
import { MakeForm } from "../admin/make-form.tsx";
import { Choice, TextField } from "../admin/text-field.tsx";
import { asked, DECLARED, HeldAgainstField } from "./held-against.tsx";
import { instantMs, PERIODS, type Period, type PeriodName, periodOf, periodProblem } from "./period.ts";

/** Has a report made, and leads to where it can be watched. */
export function MakeReport({ search }: { readonly search: string }): JSX.Element {
  const { clock } = useServices();
  const [name, setName] = useState<PeriodName>("day");
  const [own, setOwn] = useState<Period>({ from: "", to: "" });
  const [against, setAgainst] = useState(DECLARED);
  const [hosts, setHosts] = useState("");
  const now_ms = clock.now_ms();
  const period = name === "own" || now_ms === null ? own : periodOf(name, now_ms);
  const wish = () => {
    const problem = periodProblem(period);
    if (problem !== null) return problem;
    const limits = asked(against);
    if (typeof limits === "string") return limits;
    const names = hosts.split(/[\s,]+/).filter((one) => one !== "");
    return () => makeReport({ ...period, ...limits, hosts: names }, clock);
  };
  const watch = ({ id }: ReportJob): void => navigate(`${reportPath(id)}${lastingQuery(search)}`);
  return (
    <MakeForm title="Make a report" verb="Make it" wish={wish} onMade={watch}>
      <Choice label="Period, UTC" value={name} choices={PERIODS} onChoose={setName} />
      {name === "own" ? (
        <>
          <TextField
            label="From, in it"
            hint="2026-03-02 or 2026-03-02T08:00:00Z"
            value={own.from}
            onSay={(from) => setOwn({ ...own, from: from.trim() })}
          />
          <TextField label="To, not in it" hint="2026-03-03" value={own.to} onSay={(to) => setOwn({ ...own, to: to.trim() })} />
        </>
      ) : (
        <p class="field period-said">
          <span>From, to</span>
          {now_ms === null ? "the server’s time is not known yet" : `${period.from} to ${period.to}, 00:00 UTC`}
        </p>
      )}
      <HeldAgainstField value={against} onSay={setAgainst} />
      <TextField label="Hosts; none = all that fit" hint="match-01, match-02" longest={10_000} value={hosts} onSay={setHosts} />
      <Finality
        isOver={now_ms !== null && instantMs(period.to) <= now_ms}
        isSaid={!Number.isNaN(instantMs(period.to)) && now_ms !== null}
      />
    </MakeForm>
  );
}

/** Said before somebody waits for a report that will not be final. */
const Finality = ({ isOver, isSaid }: { readonly isOver: boolean; readonly isSaid: boolean }): JSX.Element => (
  <div class="finality">
    {isSaid && !isOver && (
      <p class="admin-note">This period is not over yet: made now, the report says “provisional”, and goes on to say it.</p>
    )}
    <p class="muted">
      <strong>Final</strong> is a report that is made once its period is over and the horizon of its scopes too (30 s unless a scope says
      otherwise): evidence from just after the end can still prove the time before it. Made earlier it is <strong>provisional</strong>: make
      the period again for one that is final.
    </p>
  </div>
);
