import type { Origin } from "@truebound/wire";
import type { ComponentChildren, JSX } from "preact";
import { OriginMark } from "../parts/origin-mark.tsx";

/** The heads of what every quiet that somebody declared has in common. */
export const DeclaredHeads = (): JSX.Element => (
  <>
    <th scope="col">Who and why</th>
    <th scope="col">Origin</th>
    <th scope="col">End</th>
  </>
);

interface DeclaredCellsProps {
  readonly of: { readonly comment: string; readonly who: string; readonly origin: Origin };
  /** How it is ended, or why it is not. */
  readonly children: ComponentChildren;
}

/** Who declared it and why, where it is from, and how it ends. */
export const DeclaredCells = ({ of: { comment, who, origin }, children }: DeclaredCellsProps): JSX.Element => (
  <>
    <td data-name="who and why">
      {comment}
      <span class="fact-note">{who}</span>
    </td>
    <td data-name="origin">
      <OriginMark origin={origin} />
    </td>
    <td class="presses">{children}</td>
  </>
);
