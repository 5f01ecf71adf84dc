import { useState } from "preact/hooks";
import { useSession } from "../../api/use-session.ts";

const KEY = "truebound.who";

/**
 * The name by which the reader signs what they do: whoever is signed in; else what they say, remembered by this browser, which may
 * forbid that.
 */
export function useWho(): readonly [string, ((who: string) => void) | null] {
  const session = useSession();
  const [who, setWho] = useState(remembered);
  if (session.kind === "in" && session.signIn === "on") return [session.actor.name, null];
  const remember = (name: string): void => {
    setWho(name);
    keep(name);
  };
  return [who, remember];
}

function remembered(): string {
  try {
    return window.localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function keep(name: string): void {
  try {
    window.localStorage.setItem(KEY, name);
  } catch {
    // A browser that keeps nothing asks for the name again.
  }
}
