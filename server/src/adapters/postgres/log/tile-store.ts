import { type Tile, type TilePlace, type Tiles, tilesFrom } from "@truebound/audit";
import type { Queryable } from "../pool.ts";

const READ = `
  select t.level, t.tile, t.hashes from unnest($2::smallint[], $3::bigint[]) as asked (level, tile)
  join log_tile t on t.shard = $1 and t.level = asked.level and t.tile = asked.tile`;

/** A tile that is there already has only grown: the trigger on the table sees to it. */
const WRITE = `
  insert into log_tile (shard, level, tile, hashes) values ($1, $2, $3, $4)
  on conflict (shard, level, tile) do update set hashes = excluded.hashes`;

interface TileRow {
  level: number;
  tile: bigint;
  hashes: Buffer;
}

export async function readTiles(client: Queryable, shard: string, places: readonly TilePlace[]): Promise<Tile[]> {
  const { rows } = await client.query<TileRow>(READ, [shard, places.map(({ level }) => level), places.map(({ tile }) => tile)]);
  return rows.map(({ level, tile, hashes }) => ({ level, tile: Number(tile), hashes }));
}

const HAS = "select exists (select from log_tile where shard = $1) as has";

/** Of a month in which nothing is kept none are left. */
export const hasTiles = async (client: Queryable, shard: string): Promise<boolean> =>
  (await client.query<{ has: boolean }>(HAS, [shard])).rows[0]?.has === true;

export const tilesAt = async (client: Queryable, shard: string, places: readonly TilePlace[]): Promise<Tiles> =>
  tilesFrom(await readTiles(client, shard, places));

export async function writeTiles(client: Queryable, shard: string, tiles: readonly Tile[]): Promise<void> {
  for (const { level, tile, hashes } of tiles)
    await client.query({ name: "write-log-tile", text: WRITE, values: [shard, level, tile, hashes] });
}
