import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { comment } from "../../../api/incident-requests.ts";
import { useServices } from "../../../api/services.ts";
import { ActionForm } from "./action-form.tsx";
import type { ActionProps } from "./actions-section.tsx";

export function CommentForm({ incident, who, onChanged }: ActionProps): JSX.Element {
  const { clock } = useServices();
  const [words, setWords] = useState("");
  const done = (): void => {
    setWords("");
    onChanged();
  };
  return (
    <ActionForm
      title="Comment"
      verb="Add comment"
      done={() => "Added to the timeline"}
      who={who}
      send={(name) => comment(incident.id, name, oneLine(words), clock)}
      onDone={done}
    >
      <label class="field">
        <span>What you found or did</span>
        <textarea rows={3} maxLength={2000} required value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </label>
    </ActionForm>
  );
}

/** The API takes words without line breaks. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
