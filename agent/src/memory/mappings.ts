/** A part of this process's memory that shows a file. */
export interface FileMapping {
  readonly from: bigint;
  readonly bytes: number;
  /** So much of it is in memory and counted as this process's, bytes. */
  readonly resident: number;
}

const HEAD = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) (....) \S+ \S+ (\d+) +(\/.*)$/;
const FIELD = /^(Rss|Anonymous|Swap): +(\d+) kB$/;

/**
 * Of `/proc/self/smaps` the mappings that hold nothing but what their file holds: not writable, of a file, and no page of them was ever
 * changed. Pages that were relocated at the start are read-only too, and differ from their file: those are anonymous, as is all that is
 * changed in a private mapping, until they go to swap. What smaps calls dirty is more: pages of a file that was unpacked a moment ago,
 * and that the kernel has yet to write to the disk. They are the file's own.
 */
export function unwrittenMappings(smaps: string): FileMapping[] {
  const found: FileMapping[] = [];
  let open: { readonly from: bigint; readonly bytes: number; readonly kib: Record<string, number> } | null = null;
  const close = (): void => {
    const { Rss = 0, Anonymous, Swap } = open?.kib ?? {};
    // A field that is missing says nothing: such a mapping is left alone.
    if (open !== null && Rss > 0 && Anonymous === 0 && Swap === 0) found.push({ from: open.from, bytes: open.bytes, resident: Rss * 1024 });
    open = null;
  };
  for (const line of smaps.split("\n")) {
    const [, from, to, access = "", inode, path] = HEAD.exec(line) ?? [];
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) close();
    if (from !== undefined && to !== undefined && /^r-[x-]p$/.test(access) && inode !== "0" && !path?.endsWith(" (deleted)"))
      open = { from: BigInt(`0x${from}`), bytes: Number(BigInt(`0x${to}`) - BigInt(`0x${from}`)), kib: {} };
    const [, name, kib] = FIELD.exec(line) ?? [];
    if (open !== null && name !== undefined) open.kib[name] = Number(kib);
  }
  close();
  return found;
}
