import type { IncidentDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { Age } from "../../parts/age.tsx";
import { useWho } from "../../parts/use-who.ts";
import { AcknowledgeForm } from "./acknowledge-form.tsx";
import { CommentForm } from "./comment-form.tsx";
import { SilenceForm } from "./silence-form.tsx";

export interface ActionProps {
  readonly incident: IncidentDetail;
  readonly who: string;
  readonly onChanged: () => void;
}

/** What a reader can do about it, signed with a name. */
export function ActionsSection({ incident, onChanged }: Pick<ActionProps, "incident" | "onChanged">): JSX.Element {
  const [who, setWho] = useWho();
  const isOpen = incident.resolved_at === null;
  const props = { incident, who, onChanged };
  return (
    <section class="actions" aria-labelledby="actions-title">
      <div class="section-head">
        <h2 id="actions-title">Say what you do</h2>
        <p>Each is written into the timeline with your name.</p>
      </div>
      {setWho === null ? (
        <p class="muted">
          As <strong>{who}</strong>.
        </p>
      ) : (
        <NameField who={who} onSay={setWho} />
      )}
      <div class="action-forms">
        {isOpen && incident.acknowledged === null && <AcknowledgeForm {...props} />}
        {isOpen && incident.acknowledged !== null && <Taken {...incident.acknowledged} />}
        <CommentForm {...props} />
        {isOpen && <SilenceForm {...props} />}
      </div>
    </section>
  );
}

const NameField = ({ who, onSay }: { readonly who: string; readonly onSay: (who: string) => void }): JSX.Element => (
  <label class="field who">
    <span>Your name</span>
    <input
      id="who"
      type="text"
      value={who}
      maxLength={120}
      autocomplete="name"
      required
      onInput={(event) => onSay(event.currentTarget.value)}
    />
  </label>
);

const Taken = ({ who, at }: NonNullable<IncidentDetail["acknowledged"]>): JSX.Element => (
  <div class="action">
    <h3>Acknowledged</h3>
    <p>
      by {who}, <Age at={at} /> ago
    </p>
  </div>
);
