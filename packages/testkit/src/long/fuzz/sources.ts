import { type Source, sockaddr } from "@truebound/agent";
import { BatchSource, HostText, validator } from "@truebound/wire";
import { unless } from "./target.ts";

const sourceId = validator(BatchSource.properties.id);
const hostText = validator(HostText(255));

/** A source's name goes into every batch, where one that the schema refuses would spoil the batch; its address goes to the kernel. */
export function sourceProblem(source: Source): string | null {
  if (!sourceId.accepts(source.id) || !hostText.accepts(source.host)) return `the source ${JSON.stringify(source.id.slice(0, 80))}`;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(source.host)) sockaddr({ address: source.host, port: source.port });
  return unless(source.port >= 1 && source.port <= 65_535, `port ${source.port}`);
}

export function sourcesProblem(sources: readonly Source[]): string | null {
  if (sources.length > 31) return `${sources.length} sources`;
  return sources.map(sourceProblem).find((problem) => problem !== null) ?? null;
}
