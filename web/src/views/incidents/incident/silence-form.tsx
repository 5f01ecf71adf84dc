import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type SilenceMade, silence } from "../../../api/incident-requests.ts";
import { useTeller } from "../../../api/open-incidents.ts";
import { useServices } from "../../../api/services.ts";
import { countWords } from "../../../format/count-words.ts";
import { quietWords, type Teller } from "../../../format/quiet-words.ts";
import { ActionForm } from "./action-form.tsx";
import type { ActionProps } from "./actions-section.tsx";
import { matchersText, type SilenceChoice, silenceChoices } from "./silence-choices.ts";

const HOURS = [1, 4, 24] as const;
const HOUR_S = 3600;

/** Nobody is told of what it matches, for so long; the incident itself goes on. */
export function SilenceForm({ incident, who, onChanged }: ActionProps): JSX.Element | null {
  const { clock } = useServices();
  const teller = useTeller();
  const choices = silenceChoices(incident);
  const [index, setIndex] = useState(0);
  const [hours, setHours] = useState<number>(1);
  const [comment, setComment] = useState("");
  const choice = choices[index] ?? choices[0];
  if (choice === undefined) return null;
  const done = (): void => {
    setComment("");
    onChanged();
  };
  const wish = { matchers: choice.matchers, for_s: hours * HOUR_S, comment: comment.trim() };
  return (
    <ActionForm
      title="Silence"
      verb={`Silence for ${hours} h`}
      done={(made: SilenceMade) => doneWords(made, teller)}
      who={who}
      send={(name) => silence({ ...wish, who: name }, clock)}
      onDone={done}
      isLong
    >
      <label class="field">
        <span>What</span>
        <select value={String(index)} onChange={(event) => setIndex(Number(event.currentTarget.value))}>
          {choices.map(({ words }, place) => (
            <option key={words} value={String(place)}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <Matched choice={choice} total={incident.members.length} more={incident.more} teller={teller} />
      <fieldset class="hours">
        <legend>For</legend>
        {HOURS.map((count) => (
          <label key={count}>
            <input type="radio" name="hours" checked={hours === count} onChange={() => setHours(count)} /> {count} h
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>Why</span>
        <input type="text" maxLength={500} required value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
      </label>
    </ActionForm>
  );
}

interface MatchedProps {
  readonly choice: SilenceChoice;
  readonly total: number;
  readonly more: number;
  readonly teller: Teller;
}

/** What will be matched, and whether that is all of this incident. */
const Matched = ({ choice, total, more, teller }: MatchedProps): JSX.Element => (
  <p class="matched">
    matches <code>{matchersText(choice.matchers)}</code>
    <span class="fact-note">{matchedWords(choice.matched.length, total, more, teller)}</span>
  </p>
);

function doneWords({ silences_now }: SilenceMade, teller: Teller): string {
  if (teller === "prometheus") return `Silenced on this page alone: ${quietWords(teller)}`;
  return silences_now === undefined ? "Silenced" : `Silenced: nobody is told of ${countWords(silences_now, "open incident")} now`;
}

function matchedWords(matched: number, total: number, more: number, teller: Teller): string {
  const here = more > 0 ? "shown here" : "here";
  if (teller === "prometheus") return `${matched} of the ${total} alerts ${here}; a silence has ${quietWords(teller)}: silence there`;
  if (matched === total) return total === 1 ? "the one alert here" : `all ${total} alerts ${here}`;
  return `${matched} of the ${total} alerts ${here}; people are told of the incident until all of its alerts are silenced`;
}
