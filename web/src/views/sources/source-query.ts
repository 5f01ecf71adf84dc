import type { SourceOrder } from "@truebound/wire";
import type { SourceWish } from "../../api/source-requests.ts";

export const ORDER_WORDS: Readonly<Record<SourceOrder, string>> = { worst: "worst first", users: "most used", name: "name" };

/** What of the sources is on show and in which order, as the address says it. */
export function readSourceQuery(search: string): SourceWish {
  const query = new URLSearchParams(search);
  const order = (Object.keys(ORDER_WORDS) as SourceOrder[]).find((one) => one === query.get("sort")) ?? "worst";
  return { words: (query.get("q") ?? "").trim(), order };
}
