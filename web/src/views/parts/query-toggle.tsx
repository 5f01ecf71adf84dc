import type { ComponentChildren, JSX } from "preact";
import { withQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";

interface QueryToggleProps {
  readonly search: string;
  readonly name: string;
  readonly value: string;
  readonly isOn: boolean;
  readonly children: ComponentChildren;
}

/** A switch whose state is in the address, so that a copied link shows the same. */
export const QueryToggle = ({ search, name, value, isOn, children }: QueryToggleProps): JSX.Element => (
  <label class="toggle">
    <input
      type="checkbox"
      checked={isOn}
      onChange={() => navigate(`${window.location.pathname}${withQuery(search, { [name]: isOn ? null : value })}`, "replace")}
    />
    {children}
  </label>
);
