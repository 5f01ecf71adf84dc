import { useState } from "preact/hooks";

const KEY = "truebound.who";

/** The name by which the reader signs what they do; remembered by this browser, which may forbid that. */
export function useWho(): readonly [string, (who: string) => void] {
  const [who, setWho] = useState(remembered);
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
