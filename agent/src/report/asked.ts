/** What a receipt asks of the agent beside its batches; null = nothing. All of it is asked again with each receipt until it is answered. */
export interface Asked {
  /** To measure anew and report at once, with this word. */
  readonly burst: string | null;
  /** For the record of the minutes around this incident. */
  readonly flight: string | null;
  /** To rehearse a fault; not yet validated. */
  readonly rehearsal: unknown;
}
