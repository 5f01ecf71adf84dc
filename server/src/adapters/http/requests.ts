import type { Request } from "express";

export const addressOf = (req: Request): string | null => req.ip?.replace(/^::ffff:/, "") ?? null;

/** Without a body the parser leaves nothing. */
export const bodyOf = (req: Request): Uint8Array => (Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0));
