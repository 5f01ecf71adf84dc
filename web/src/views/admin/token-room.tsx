import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Request } from "../../api/use-request.ts";
import { AdminList } from "./admin-list.tsx";
import { type Shown, ShownOnce } from "./shown-once.tsx";

interface TokenRoomProps<Made, Token> {
  readonly id: string;
  readonly title: string;
  /** What these tokens are, beside the title. */
  readonly says: ComponentChildren;
  readonly none: string;
  readonly request: Request<{ readonly items: readonly Token[] }>;
  readonly form: (onMade: (made: Made) => void) => JSX.Element;
  /** What is shown once of one that was just made. */
  readonly shown: (made: Made) => Shown;
  readonly children: (tokens: readonly Token[]) => ComponentChildren;
}

/** Where tokens of a kind are made, shown once, and listed. */
export function TokenRoom<Made, Token>(props: TokenRoomProps<Made, Token>): JSX.Element {
  const { id, title, says, none, request, form, shown, children } = props;
  const [made, setMade] = useState<Made | null>(null);
  const keep = (token: Made): void => {
    setMade(token);
    request.renew();
  };
  return (
    <>
      {form(keep)}
      {made !== null && <ShownOnce {...shown(made)} onClose={() => setMade(null)} />}
      <AdminList id={id} title={title} says={says} none={none} request={request}>
        {children}
      </AdminList>
    </>
  );
}
