/** "a", "a and b", "a, b and c", "a, b, c and 9 more". */
export function nameList(names: readonly string[], most = 4): string {
  if (names.length <= 1) return names[0] ?? "";
  const isCut = names.length > most;
  const shown = isCut ? names.slice(0, most - 1) : names.slice(0, -1);
  return `${shown.join(", ")} and ${isCut ? `${names.length - shown.length} more` : names.at(-1)}`;
}
