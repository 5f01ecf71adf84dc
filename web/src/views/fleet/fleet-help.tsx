import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** What the keys do; `?` opens it, Escape closes it. */
export function FleetHelp(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key === "?" && !isTyping(event.target) && dialog.current?.open === false) dialog.current.showModal();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <button type="button" class="chip" aria-label="What the keys do" aria-keyshortcuts="?" onClick={() => dialog.current?.showModal()}>
        ?
      </button>
      <dialog ref={dialog} class="help" aria-labelledby="help-title">
        <h2 id="help-title">Keys of the fleet</h2>
        <dl>
          <Key keys={["/"]} does="search by name, label, status or words" />
          <Key keys={["Enter", "↓"]} does="in the search: go to the first host that was found" />
          <Key keys={["j", "k"]} does="the next host, the one before; first the uppermost in sight" />
          <Key keys={["Enter"]} does="open the host; going back leads to its row again" />
          <Key keys={["+", "-", "0"]} does="on the strip of bounds: nearer, farther, all hosts" />
          <Key keys={["?"]} does="this help" />
          <Key keys={["Esc"]} does="close it" />
        </dl>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}

const Key = ({ keys, does }: { readonly keys: readonly string[]; readonly does: string }): JSX.Element => (
  <>
    <dt>
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </dt>
    <dd>{does}</dd>
  </>
);
