import type { Queryable } from "./pool.ts";

const READ = "select id from installation";

/** The word by which this database's incidents are told from those of another. */
export const readInstallation = async (client: Queryable): Promise<string> =>
  ((await client.query<{ id: string }>(READ)).rows[0] as { id: string }).id;

/** The same in every repeat, and no other notice's, whichever database wrote that. */
export const noticeKey = (installation: string, incident: bigint, ordinal: number): string =>
  `truebound-${installation}-${incident}-${ordinal}`;
