import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** `/` goes to the search; `j` and `k` move the focus from row to row, so that Enter opens the one in focus like any link. */
export function useListKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (list.current !== null && !hasModifier(event) && act(list.current, event)) event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [list]);
}

const hasModifier = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey || event.altKey;

function act(list: HTMLElement, { key, target }: KeyboardEvent): boolean {
  if (target instanceof HTMLInputElement && target.type === "search") return leaveSearch(list, key);
  if (isTyping(target)) return false;
  if (key === "/") list.querySelector<HTMLInputElement>("#search")?.focus();
  else if (key === "j") step(list, 1);
  else if (key === "k") step(list, -1);
  else return false;
  return true;
}

/** Keys in a field are letters, and in a list of choices they choose. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "radio");

/** Enter and the down arrow leave the search for the first row found. */
function leaveSearch(list: HTMLElement, key: string): boolean {
  if (key !== "Enter" && key !== "ArrowDown") return false;
  links(list)[0]?.focus();
  return true;
}

function step(list: HTMLElement, by: 1 | -1): void {
  const all = links(list);
  const here = all.findIndex((link) => link.matches(":focus"));
  const next = here === -1 ? 0 : Math.min(all.length - 1, Math.max(0, here + by));
  all[next]?.focus();
  all[next]?.closest("tr")?.scrollIntoView({ block: "nearest" });
}

const links = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("a.row-link")];
