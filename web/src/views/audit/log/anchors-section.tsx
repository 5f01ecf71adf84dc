import type { LogAnchor, LogView } from "@truebound/wire";
import type { JSX } from "preact";
import { anchorFile, useAnchors } from "../../../api/log-requests.ts";
import { AdminList } from "../../admin/admin-list.tsx";
import { Instant } from "../../parts/exact.tsx";
import { groupedText } from "../../reports/summary.ts";

/** Tokens by which somebody outside says that a head was there at a time. */
export function AnchorsSection({ anchoring: { authority, trouble } }: Pick<LogView, "anchoring">): JSX.Element {
  const request = useAnchors();
  return (
    <div class="log-anchors-section">
      <AdminList
        id="log-anchors"
        title="Anchors outside"
        says="tokens of a time-stamping authority (RFC 3161) over heads, at most one an hour"
        none={authority === null ? "No head was ever anchored outside." : "No token was taken yet."}
        request={request}
      >
        {(anchors) => <AnchorTable anchors={anchors} />}
      </AdminList>
      {authority === null && (
        <p class="admin-note">
          No authority is asked: whoever holds both the server and its key could rewrite what no report and no witness has seen.{" "}
          <code>TRUEBOUND_TSA_URL</code> names one; nothing waits for it.
        </p>
      )}
      {trouble !== null && (
        <p class="inline-trouble" role="alert">
          The last answer of {authority} was not taken, and it is asked again each minute: {trouble}
        </p>
      )}
    </div>
  );
}

const AnchorTable = ({ anchors }: { readonly anchors: readonly LogAnchor[] }): JSX.Element => (
  <>
    <table class="sources admin-table log-anchors" aria-label="Anchors">
      <thead>
        <tr>
          <th scope="col">Head</th>
          <th scope="col">Time of the authority</th>
          <th scope="col">Asked, by the database</th>
          <th scope="col">Authority</th>
          <th scope="col">Files</th>
        </tr>
      </thead>
      <tbody>
        {anchors.map(({ id, head, shard, size, granted_at, asked_at, authority }) => (
          <tr key={id}>
            <th scope="row">
              {groupedText(head)}
              <span class="fact-note">
                {groupedText(size)} leaves of {shard}
              </span>
            </th>
            <td data-name="time of the authority">
              <Instant at={granted_at} />
            </td>
            <td data-name="asked, by the database">
              <Instant at={asked_at} />
            </td>
            <td data-name="authority">{authority}</td>
            <td data-name="files">
              <a href={anchorFile(id, "request.tsq")} download={`head-${head}.tsq`} aria-label={`Request for head ${head}`}>
                request
              </a>{" "}
              <a href={anchorFile(id, "response.tsr")} download={`head-${head}.tsr`} aria-label={`Token over head ${head}`}>
                token
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
    <p class="muted">
      Check one without this server: <code>openssl ts -verify -queryfile head-N.tsq -in head-N.tsr -CAfile roots.pem</code>
    </p>
  </>
);
