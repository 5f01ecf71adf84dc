import { TIMESCALES } from "@truebound/time";
import { type Field, mapOf } from "./fields.ts";
import { choice, count, either, labelName, labels, list, rate, record, shortSpan, text, width } from "./kinds.ts";

const address = text(255);
const SECOND = 1_000_000_000;

export const POLICY: readonly Field[] = [
  {
    key: "hosts",
    stored: "hosts",
    kind: mapOf([{ key: "labels", stored: "labels", kind: labels, initial: {}, means: "hosts that carry all of these labels" }]),
    required: true,
    means: "whom it concerns; {} = all hosts. Of the policies that fit a host the one that names most labels counts, key by key",
  },
  {
    key: "sources",
    stored: "sources",
    kind: either("own", null, list(address, 1, 31)),
    means:
      "NTP sources: host, host:port or [v6]:port, and behind it nts or nts=required, ke=PORT, pin=sha256/BASE64, root_rounding=up, and what is declared of its root (docs/declared.md); own = the agent's own choice",
    otherwise: "own",
  },
  { key: "trusted", stored: "trusted", kind: list(address, 0, 16), means: "sources that alone suffice for a proof", otherwise: "[]" },
  {
    key: "declared",
    stored: "declared",
    kind: list(address, 0, 16),
    means: "sources of the kinds ptp, phc and external, by id, that count for the guaranteed bound though their error is only declared",
    otherwise: "[]",
  },
  {
    key: "authenticated",
    stored: "authenticated",
    kind: either("optional", null, choice(["required"])),
    means: "required = only sources that are authenticated by NTS count for the guaranteed bound",
    otherwise: "optional",
  },
  {
    key: "limit",
    stored: "limit_ns",
    kind: either("none", null, width(1000, 10 * SECOND)),
    means: "the strictest limit to be proved; paces readings and probes, and is the limit of rules that name none",
    otherwise: "none",
  },
  {
    key: "probe_interval",
    stored: "probe_interval_s",
    kind: shortSpan(50, 3_600_000),
    means: "between two probes of a source; floors still apply",
    otherwise: "16s",
  },
  {
    key: "reading_interval",
    stored: "reading_interval_s",
    kind: shortSpan(50, 60_000),
    means: "between two readings of the clock",
    otherwise: "1s",
  },
  { key: "report_interval", stored: "report_interval_s", kind: shortSpan(100, 300_000), means: "between two reports", otherwise: "5s" },
  {
    key: "faults",
    stored: "faults",
    kind: either("auto", null, count(0, 10)),
    means: "F, how many votes may lie; auto = 1, and 0 with fewer than three sources",
    otherwise: "auto",
  },
  {
    key: "rho",
    stored: "rho_ppb",
    kind: rate(1000, 1_000_000),
    means: "the assumed greatest drift of the oscillator",
    otherwise: "200ppm",
  },
  {
    key: "sigma",
    stored: "sigma_ppb",
    kind: rate(0, 100_000),
    means: "how far the frequency may move in the window of the tight bound",
    otherwise: "2ppm",
  },
  {
    key: "calibrated_residual",
    stored: "calibrated_residual_ppb",
    kind: either("none", null, rate(100, 1_000_000)),
    means: "declared: the drift stays this close to the calibrated frequency",
    otherwise: "none",
  },
  {
    key: "timescales",
    stored: "timescales",
    kind: record(/^[\u0021-\u007e]{1,255}$/, choice(TIMESCALES), 0, 64, "sources by id or host"),
    means: "what sources keep to around a leap second",
    otherwise: "{}",
  },
  {
    key: "mesh",
    stored: "mesh",
    kind: either(
      "off",
      null,
      mapOf([
        { key: "domain", stored: "domain", kind: text(64), required: true, means: "hosts of one domain can reach each other" },
        { key: "port", stored: "port", kind: count(1024, 65_535), required: true, means: "UDP port on which they answer" },
        { key: "spread_by", stored: "spread_by", kind: labelName, means: "label of what fails together", otherwise: "none" },
      ]),
    ),
    means: "hosts that measure each other; off = these do not",
    otherwise: "as truebound mesh set it",
  },
];
