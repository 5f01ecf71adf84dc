import type { ChainDocument } from "./chain.ts";

/** A document of every host, in force from 2026 on, that states nothing yet. */
export const chainDocument = (id: string, more: Partial<ChainDocument> = {}): ChainDocument => ({
  id,
  kind: "other",
  title: id,
  sha256: "00".repeat(32),
  file_name: null,
  kept: true,
  hosts: {},
  source: null,
  reference: null,
  uncertainty_ns: null,
  stamp_point: null,
  app_error_ns: null,
  valid_from: "2026-01-01",
  valid_to: null,
  uploaded_by: "ada",
  uploaded_at: "2026-01-01T00:00:00Z",
  replaces: null,
  reviewed_at: null,
  reviewed_by: null,
  ...more,
});
