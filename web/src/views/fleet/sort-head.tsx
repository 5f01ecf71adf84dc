import type { ComponentChildren, JSX } from "preact";
import { withQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";
import { nextSort, type Sort, type SortKey } from "./fleet-query.ts";

interface SortHeadProps {
  readonly by: SortKey;
  readonly class: string;
  readonly search: string;
  readonly sort: Sort | null;
  /** What else stands in the column. */
  readonly note?: string;
  readonly children: ComponentChildren;
}

/** The head of a column by which the list can be ordered. */
export function SortHead({ by, search, sort, note, children, ...rest }: SortHeadProps): JSX.Element {
  const isBy = sort?.by === by;
  const order = !isBy ? "none" : sort.isDown ? "descending" : "ascending";
  const press = (): void => navigate(`/${withQuery(search, { sort: nextSort(sort, by) })}`, "replace");
  return (
    <th scope="col" class={rest.class} aria-sort={order}>
      <button type="button" class="sort" onClick={press}>
        {children}
        {isBy && <span aria-hidden="true">{sort.isDown ? " ▾" : " ▴"}</span>}
      </button>
      {note !== undefined && <span class="head-note">{note}</span>}
    </th>
  );
}
