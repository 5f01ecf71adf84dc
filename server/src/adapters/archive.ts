import type { ArchivePlace } from "../archive-place.ts";
import { archiveBucket, type BucketPorts } from "./archive-bucket.ts";
import { archiveCoding, archiveDirectory } from "./archive-directory.ts";
import type { Archive } from "./postgres/retention/archive-writer.ts";

/** The archive that the settings name; null = there is none. */
export function openArchive(place: ArchivePlace | null, ports: BucketPorts): Archive | null {
  if (place === null) return null;
  const store = place.kind === "directory" ? archiveDirectory(place.directory) : archiveBucket(place, ports);
  return { store, coding: archiveCoding };
}
