import type { JSX } from "preact";
import { acknowledge } from "../../../api/incident-requests.ts";
import { useServices } from "../../../api/services.ts";
import { ActionForm } from "./action-form.tsx";
import type { ActionProps } from "./actions-section.tsx";

export function AcknowledgeForm({ incident, who, onChanged }: ActionProps): JSX.Element {
  const { clock } = useServices();
  return (
    <ActionForm
      title="Acknowledge"
      verb="Acknowledge"
      done={() => "Acknowledged"}
      who={who}
      send={(name) => acknowledge(incident.id, name, clock)}
      onDone={onChanged}
    >
      <p class="muted">You have taken it. Channels are told; it stays open until its cause is gone.</p>
    </ActionForm>
  );
}
