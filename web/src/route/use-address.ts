import { useEffect, useState } from "preact/hooks";

export interface Address {
  readonly path: string;
  readonly search: string;
}

const MOVED = "truebound:moved";
const current = (): Address => ({ path: window.location.pathname, search: window.location.search });

export function navigate(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push") window.history.pushState(null, "", to);
  else window.history.replaceState(null, "", to);
  window.dispatchEvent(new Event(MOVED));
}

/** The address on show, following links, the back button and `navigate`. */
export function useAddress(): Address {
  const [address, setAddress] = useState(current);
  useEffect(() => {
    const follow = (): void => setAddress(current());
    window.addEventListener("popstate", follow);
    window.addEventListener(MOVED, follow);
    return () => {
      window.removeEventListener("popstate", follow);
      window.removeEventListener(MOVED, follow);
    };
  }, []);
  return address;
}
