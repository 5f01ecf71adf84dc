export { clockOf, type EvidenceCounts, type EvidenceOptions, type HostEvidence } from "./clock-of.ts";
export { areIntervals, ColumnRecord, columnFrom, inColumns, isKnown, knownWith } from "./column-record.ts";
export { countsStatus } from "./counting.ts";
export type { EvidenceItem, EvidenceRecord, RecordedEvent, RecordedReading, RecordedSpan } from "./host-evidence.ts";
export { type LeapStep, type LeapTable, leapCuts, readInstant, readLeapTable, sayInstant, sayLeapTable, toAxis } from "./leap-table.ts";
export { type Column, isOf64Bits, type ReadingColumns, type RecordColumns, type SpanColumns } from "./packed-columns.ts";
export type { Sampled } from "./sampled.ts";
export { type Bounded, between, type ChainReading, type ChainStretch, earliest, isContinuous, latest, stretchesOf } from "./stretches.ts";
