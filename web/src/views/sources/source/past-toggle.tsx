import type { JSX } from "preact";
import { QueryToggle } from "../../parts/query-toggle.tsx";

/** How far back the page of a source looks; one choice for all of it. */
export const isLongPast = (search: string): boolean => new URLSearchParams(search).get("past") === "30d";
export const pastWords = (isLong: boolean): string => (isLong ? "30 days" : "7 days");

export const PastToggle = ({ search, isLong }: { readonly search: string; readonly isLong: boolean }): JSX.Element => (
  <QueryToggle search={search} name="past" value="30d" isOn={isLong}>
    the past 30 days
  </QueryToggle>
);
