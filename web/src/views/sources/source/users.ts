import type { SourceUser } from "@truebound/wire";
import { codeWords } from "../../../format/code-words.ts";

/** Every word of the search must occur in the host's name, liveness, state, or why. */
export function matchingUsers(users: readonly SourceUser[], search: string): readonly SourceUser[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? users : users.filter((user) => words.every((word) => textOf(user).includes(word)));
}

const textOf = ({ name, host, liveness, state, why, source }: SourceUser): string =>
  [name, host, liveness, codeWords(state), why, source].join(" ").toLowerCase();
