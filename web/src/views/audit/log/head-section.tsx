import { formatUtc, utc } from "@truebound/time";
import type { LogHeadView } from "@truebound/wire";
import type { JSX } from "preact";
import { utcExact } from "../../../format/instant.ts";
import { saveText } from "../../parts/save-text.ts";
import { groupedText } from "../../reports/summary.ts";
import { witnessLine } from "./log-words.ts";

/** The newest head, and how somebody else keeps it. */
export const HeadSection = ({ head }: { readonly head: LogHeadView | null }): JSX.Element => (
  <section aria-labelledby="log-head-title">
    <div class="section-head">
      <h2 id="log-head-title">Newest head</h2>
      <p>32 bytes that say what all leaves before it were, signed by the server.</p>
    </div>
    {head === null ? (
      <p class="none">No head is signed yet: a server signs the first one within a minute of its start.</p>
    ) : (
      <Head head={head} />
    )}
  </section>
);

const Head = ({ head }: { readonly head: LogHeadView }): JSX.Element => (
  <>
    <dl class="report-facts">
      <dt>Head</dt>
      <dd>
        {groupedText(head.number)}, over {groupedText(head.size)} leaves of {head.shard}, of {head.installation}
      </dd>
      <dt>Signed</dt>
      <dd>{utcExact(formatUtc(utc(BigInt(head.timestamp_ns))))}, by the database’s clock</dd>
      <dt>Root, SHA-256</dt>
      <dd>
        <code>{head.root}</code>
      </dd>
      <dt>Key</dt>
      <dd>
        <code>{head.public_key}</code>
      </dd>
      <dt>Witness</dt>
      <dd>
        <button type="button" onClick={() => saveText(`truebound-head-${head.number}.ndjson`, "application/x-ndjson", witnessLine(head))}>
          Download this head as a witness file
        </button>
        <p class="muted">
          Keep it where nobody who reaches the database can write. Whoever holds it can tell later whether the log still begins with what it
          signs; what came after the last head that left the house could be rewritten unseen. Heads of several days may stand in one file, a
          line each.
        </p>
        <p>
          <code>truebound log verify --witness truebound-head-{head.number}.ndjson</code>
        </p>
      </dd>
    </dl>
  </>
);
