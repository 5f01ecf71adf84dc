import type { ComponentChildren, JSX } from "preact";
import { navigate } from "./use-address.ts";

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

/** A real link, so that it opens in a new tab and shows its address; a plain click does not reload the page. */
export function Link({ to, current, children, ...rest }: LinkProps): JSX.Element {
  const follow = (event: MouseEvent): void => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a
      href={to}
      onClick={follow}
      {...(rest.class === undefined ? {} : { class: rest.class })}
      {...(current ? { "aria-current": "true" as const } : {})}
    >
      {children}
    </a>
  );
}
