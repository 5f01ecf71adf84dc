import type { SessionState } from "../../api/session.ts";
import { hasOverAll } from "../admin/may-enter.ts";

/** Whether the server will take what they declare and have made, as far as that can be told beforehand. */
export const mayAudit = (state: SessionState): boolean => hasOverAll(state, "auditor", "admin");
