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
  const first = links(list)[0];
  if (first !== undefined) goTo(first);
  return true;
}

/** A list of many rows draws those beyond its edge only once they come into sight: so many frames are waited for one. */
const FRAMES = 10;

function step(list: HTMLElement, by: 1 | -1, frames = FRAMES): void {
  const all = links(list);
  const here = all.findIndex((link) => link.matches(":focus"));
  const next = here === -1 ? firstInSight(list, all) : all[here + by];
  if (next !== undefined) return goTo(next);
  const row = all[here]?.closest("tr");
  if (!row || frames === 0 || isAtEnd(list, row, by)) return;
  window.scrollBy({ top: by * row.offsetHeight, behavior: "instant" });
  requestAnimationFrame(() => step(list, by, frames - 1));
}

/** Whoever has scrolled goes on from there, not from where the list begins. */
function firstInSight(list: HTMLElement, all: readonly HTMLElement[]): HTMLElement | undefined {
  const top_px = Math.max(0, list.querySelector("thead")?.getBoundingClientRect().bottom ?? 0);
  return all.find((link) => link.getBoundingClientRect().top >= top_px) ?? all[0];
}

/** Rows of a list that is not drawn whole say which they are; the head is the first. */
function isAtEnd(list: HTMLElement, row: HTMLElement, by: 1 | -1): boolean {
  const place = Number(row.getAttribute("aria-rowindex") ?? Number.NaN);
  const count = Number(list.querySelector("table")?.getAttribute("aria-rowcount") ?? Number.NaN);
  return by === 1 ? !(place < count) : !(place > 2);
}

function goTo(link: HTMLElement): void {
  link.focus({ preventScroll: true });
  link.closest("tr")?.scrollIntoView({ block: "nearest" });
}

const links = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("a.row-link")];
