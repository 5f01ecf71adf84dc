import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import type { ReferenceView } from "./reference-view.tsx";

type Room = { readonly view: typeof ReferenceView } | "asking" | "missing";

/** What draws the reference is loaded where somebody reads it, and nowhere else. */
export function ReferenceRoom(props: { readonly operation: string | null; readonly search: string }): JSX.Element {
  const [room, setRoom] = useState<Room>("asking");
  useEffect(() => {
    import("./reference-view.tsx").then(
      ({ ReferenceView: view }) => setRoom({ view }),
      () => setRoom("missing"),
    );
  }, []);
  if (room === "asking") return <Loading title="Asking the server for this page…" />;
  if (room === "missing")
    return (
      <Notice title="This page could not be loaded" tone="trouble">
        <p>
          The server does not answer, or was upgraded since this tab was opened: load the page anew. The same is at{" "}
          <a href="/api/openapi.json">/api/openapi.json</a>.
        </p>
      </Notice>
    );
  return <room.view {...props} />;
}
