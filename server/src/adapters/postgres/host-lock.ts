import type { Queryable } from "./pool.ts";

const LOCK = "select host_id from host_state where host_id = $1 for update";

/** One lock for all that changes a host, taken before anything of it is read or written: that of its state. */
export const lockHost = async (client: Queryable, host: string): Promise<void> => void (await client.query(LOCK, [host]));
