import { join } from "node:path";

/** Every name that we use inside the data folder. All start with `postgres`, the rest of the folder is not ours. */
export interface Layout {
  readonly root: string;
  /** The cluster itself (PGDATA), owned by the user that PostgreSQL runs as. */
  readonly cluster: string;
  /** Start of the names of clusters that initdb has not finished. */
  readonly unfinished: string;
  /** Copies of the programs, one folder per version, for when node_modules cannot be used in place. */
  readonly programs: string;
  readonly password: string;
  readonly log: string;
  readonly lock: string;
}

export const layoutOf = (root: string): Layout => ({
  root,
  cluster: join(root, "postgres"),
  unfinished: join(root, "postgres-initdb-"),
  programs: join(root, "postgres-bin"),
  password: join(root, "postgres-password"),
  log: join(root, "postgres.log"),
  lock: join(root, "postgres.lock"),
});
