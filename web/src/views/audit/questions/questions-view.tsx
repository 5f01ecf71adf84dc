import type { JSX } from "preact";
import { OrderQuestion } from "./order-question.tsx";
import { StampsQuestion } from "./stamps-question.tsx";
import { TimeQuestion } from "./time-question.tsx";

/** Of the past, from stored evidence. What was asked stands in the address. */
export const QuestionsView = ({ search }: { readonly search: string }): JSX.Element => (
  <>
    <p class="muted">
      Asked of what is stored. Every answer is an interval that holds at every error the evidence allows; a link to this page asks the same
      again.
    </p>
    <OrderQuestion search={search} />
    <TimeQuestion search={search} />
    <StampsQuestion search={search} />
  </>
);
