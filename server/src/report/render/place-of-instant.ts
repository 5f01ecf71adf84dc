import { BILLION, parseUtc } from "@truebound/time";

/** For places on paper only. An inserted second, 23:59:60, is drawn where the one after it is. */
export function placeOfInstant(text: string): bigint {
  const inserted = /:60(\.\d+)?Z$/.test(text);
  const at = parseUtc(inserted ? text.replace(/:60/, ":59") : text);
  if (at === null) throw new RangeError(`Cannot draw ${JSON.stringify(text)}: a manifest has RFC 3339 instants in UTC`);
  return inserted ? at + BILLION : at;
}
