/**
 * A name that is too long, without its middle: names of a fleet differ at their ends, such as db-frankfurt-1 and db-frankfurt-2.
 * `fits` says of a text whether there is room for it.
 */
export function cutName(name: string, fits: (text: string) => boolean): string {
  if (fits(name)) return name;
  for (let kept = name.length - 1; kept > 1; kept--) {
    const end = Math.floor(kept / 2);
    const text = `${name.slice(0, kept - end)}…${name.slice(name.length - end)}`;
    if (fits(text)) return text;
  }
  return "…";
}
