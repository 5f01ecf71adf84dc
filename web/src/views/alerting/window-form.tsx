import type { MaintenanceMade } from "@truebound/wire";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addWindow } from "../../api/alerting-requests.ts";
import { useServices } from "../../api/services.ts";
import { countWords } from "../../format/count-words.ts";
import { MakeForm } from "../admin/make-form.tsx";
import { Choice, MinuteField, TextField } from "../admin/text-field.tsx";
import type { useWho } from "../parts/use-who.ts";
import { TIMEZONES, WeeklyFields } from "./weekly-fields.tsx";
import { hereWords, type Rhythm, type TypedWindow, type Whose, windowWish } from "./window-wish.ts";

const WHOSE: readonly (readonly [Whose, string])[] = [
  ["labels", "those with labels"],
  ["names", "those that I name"],
  ["all", "every host"],
];
const HINTS: Readonly<Record<Whose, string>> = { labels: "rack=r1, site=fra", names: "db-1, db-2", all: "" };
const RHYTHMS: readonly (readonly [Rhythm, string])[] = [
  ["once", "once"],
  ["weekly", "every week"],
];
const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const EMPTY: TypedWindow = {
  whose: "labels",
  hosts: "",
  rhythm: "once",
  from: "",
  to: "",
  days: [],
  at: "",
  until: "",
  timezone: TIMEZONES.includes(here) ? here : "UTC",
  comment: "",
};

interface WindowFormProps {
  readonly signer: ReturnType<typeof useWho>;
  readonly onDeclared: () => void;
}

export function WindowForm({ signer: [who, setWho], onDeclared }: WindowFormProps): JSX.Element {
  const { clock } = useServices();
  const [typed, setTyped] = useState(EMPTY);
  const say = (name: keyof TypedWindow) => (text: string) => setTyped({ ...typed, [name]: text });
  const { whose, hosts, rhythm, from, to, comment } = typed;
  const wish = () => {
    const window = windowWish(typed, who);
    return typeof window === "string" ? window : () => addWindow(window, clock);
  };
  const declared = (): void => {
    setTyped(EMPTY);
    onDeclared();
  };
  return (
    <MakeForm<MaintenanceMade> title="Declare a maintenance window" verb="Declare it" wish={wish} onMade={declared} said={madeWords}>
      <Choice label="Which hosts" value={whose} choices={WHOSE} onChoose={say("whose")} />
      {whose !== "all" && (
        <TextField
          label={whose === "labels" ? "Labels that they carry" : "Their names or ids"}
          hint={HINTS[whose]}
          longest={2000}
          value={hosts}
          onSay={say("hosts")}
          required
        />
      )}
      <Choice label="How often" value={rhythm} choices={RHYTHMS} onChoose={say("rhythm")} />
      {rhythm === "weekly" ? (
        <WeeklyFields typed={typed} onSay={(changes) => setTyped({ ...typed, ...changes })} />
      ) : (
        <>
          <MinuteField label="From, UTC; empty = now" value={from} note={hereWords(from)} onSay={say("from")} />
          <MinuteField label="To, UTC" value={to} note={hereWords(to)} onSay={say("to")} required />
        </>
      )}
      <TextField label="What is done" hint="the rack moves" longest={500} value={comment} onSay={say("comment")} required />
      {setWho !== null && <TextField label="Your name" longest={120} value={who} onSay={setWho} required />}
    </MakeForm>
  );
}

const madeWords = ({ name, hosts_now }: MaintenanceMade): string => `${name} is declared: ${countWords(hosts_now, "host")} now`;
