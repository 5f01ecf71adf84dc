import type pg from "pg";
import type { AnchorFileName, KeptAnchor, LogRoomQuestions } from "../../../query/log-room.ts";
import { summary } from "./log-ports.ts";

const BEFORE = `
  select a.id, a.head, h.shard, h.size, a.authority, utc_ns(a.asked_at) as asked, a.granted_ns as granted
  from log_anchor a join log_head h on h.number = a.head where $1::bigint is null or a.id < $1 order by a.id desc limit $2`;
const BYTES: Readonly<Record<AnchorFileName, string>> = {
  "request.tsq": "select request as bytes from log_anchor where id = $1",
  "response.tsr": "select response as bytes from log_anchor where id = $1",
};

interface AnchorRow extends Omit<KeptAnchor, "head" | "size"> {
  readonly head: bigint;
  readonly size: bigint;
}

export const logRoom = (pool: pg.Pool, work: LogRoomQuestions["work"]): LogRoomQuestions => ({
  summary: () => summary(pool),
  work,
  anchorsBefore: async (id, most) =>
    (await pool.query<AnchorRow>(BEFORE, [id, most])).rows.map((row) => ({ ...row, head: Number(row.head), size: Number(row.size) })),
  anchorBytes: async (id, name) => (await pool.query<{ bytes: Buffer }>(BYTES[name], [id])).rows[0]?.bytes ?? null,
});
