import type { Request } from "express";

/** The peer; behind a declared proxy whoever it says: the last that it added, for the others can be made up. */
export function addressOf(req: Pick<Request, "get" | "socket">, behindProxy: boolean): string | null {
  const said = behindProxy ? (req.get("x-forwarded-for") ?? "").split(",").at(-1)?.trim() : undefined;
  return said !== undefined && /^[0-9a-fA-F.:]{2,45}$/.test(said) ? said : (req.socket.remoteAddress ?? null);
}
