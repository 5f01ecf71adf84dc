import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { withQuery } from "../../../route/query.ts";
import { navigate } from "../../../route/use-address.ts";

interface QuestionFormProps {
  readonly id: string;
  readonly title: string;
  readonly says: ComponentChildren;
  /** What the address carries of it, or what is wrong with what was typed. */
  readonly wish: () => Readonly<Record<string, string | null>> | string;
  readonly onAsk?: () => void;
  readonly children: ComponentChildren;
  /** The answer. */
  readonly answer: ComponentChildren;
}

/** A question that the address carries once it is asked, so that a copied link asks it again. */
export function QuestionForm({ id, title, says, wish, onAsk, children, answer }: QuestionFormProps): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const ask = (event: SubmitEvent): void => {
    event.preventDefault();
    const asked = wish();
    setProblem(typeof asked === "string" ? asked : null);
    if (typeof asked === "string") return;
    navigate(`${window.location.pathname}${withQuery(window.location.search, asked)}`);
    onAsk?.();
  };
  return (
    <section class="question" aria-labelledby={`${id}-title`}>
      <form class="action" aria-labelledby={`${id}-title`} noValidate onSubmit={ask}>
        <h2 id={`${id}-title`}>{title}</h2>
        <p class="muted">{says}</p>
        <div class="make-fields">{children}</div>
        <p class="action-end">
          <button type="submit">Ask</button>
          {problem !== null && (
            <span class="outcome outcome-failed" role="alert">
              {problem}
            </span>
          )}
        </p>
      </form>
      {answer}
    </section>
  );
}
