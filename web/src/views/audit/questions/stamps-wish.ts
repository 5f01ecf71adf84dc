import { readSpan } from "@truebound/time";
import type { StampsWish } from "../../../api/question-requests.ts";

export const SAID_AS: Readonly<Record<StampsWish["by"], { readonly label: string; readonly hint: string }>> = {
  limit: { label: "Limit, either way", hint: "100us" },
  profile: { label: "Id of the profile, one against UTC", hint: "us-cat-member" },
  scope: { label: "Name of the scope", hint: "matching-engines" },
};

/** What is wrong before anything is sent; a bad line is the server's to name, with its number. Null = nothing. */
export function stampsProblem({ csv, by, value }: StampsWish): string | null {
  if (csv.trim() === "") return "Say which stamps: HOST,TIME in each line";
  const line = csv.split(/\r?\n/).findIndex((text) => text.trim() !== "" && !text.includes(","));
  if (line >= 0) return `Line ${line + 1} has no comma: write HOST,TIME, such as match-01,2026-11-26T13:05:09Z`;
  if (value === "") return `Say what they are held against: ${SAID_AS[by].label.toLowerCase()}, such as ${SAID_AS[by].hint}`;
  return by === "limit" && readSpan(value) === null
    ? `Cannot read the limit "${value}": write a number and its unit, no finer than a nanosecond, such as 100us, 100 µs or 0.1ms`
    : null;
}
