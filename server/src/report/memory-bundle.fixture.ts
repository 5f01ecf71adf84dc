import type { BundleFiles } from "@truebound/audit";
import type { BundleSink } from "./ports.ts";

/** A bundle in memory. */
export class MemoryBundle implements BundleSink, BundleFiles {
  readonly place = "memory";
  readonly files = new Map<string, Uint8Array>();

  async write(name: string, bytes: Uint8Array | string): Promise<void> {
    this.files.set(name, Buffer.from(bytes));
  }

  async open(name: string) {
    const lines: string[] = [];
    return {
      line: async (value: object) => void lines.push(`${JSON.stringify(value)}\n`),
      close: async () => void this.files.set(name, Buffer.from(lines.join(""))),
    };
  }

  finish = async () => undefined;
  booked = async () => undefined;
  read = async (name: string) => this.files.get(name) ?? null;
  async *lines(name: string) {
    for (const line of (this.files.get(name) ?? Buffer.alloc(0)).toString().split("\n")) if (line !== "") yield line;
  }
  list = async (folder: string) =>
    [...this.files.keys()].flatMap((name) => {
      const at = name.lastIndexOf("/");
      return name.slice(0, Math.max(0, at)) === folder ? [name.slice(at + 1)] : [];
    });

  text = (name: string): string => Buffer.from(this.files.get(name) as Uint8Array).toString();
  copy(): MemoryBundle {
    const other = new MemoryBundle();
    for (const [name, bytes] of this.files) other.files.set(name, bytes);
    return other;
  }
}
