/** On what every verdict rests; figures of a host stand beside its result. */
export const ASSUMPTIONS: readonly string[] = [
  "The oscillator of a host strays from its frequency by no more than the rho that its agent reports, and its daemon slews it by no more than the reported allowance; drift_ppb of each result is the greatest sum of the two.",
  "A source that is not asked by NTP, and that a host lets count though its error is only declared (assumptions.declared in its reports), errs by no more than the document declares whose SHA-256 stands beside its intervals.",
  "At most as many independent sources lie as the policy of a host allows (faults in its reports).",
  "Between two readings that its agent took of a clock it was not set where neither the agent nor the kernel noticed it; where it was, or nobody looked, there is a cut, and no evidence reaches across it.",
  "UTC and the leap-free axis differ as leap_table says.",
];

/** What no report can show. */
export const LIMITS: readonly string[] = [
  "A host that lies before it signs.",
  "A stolen key of an agent, or a stolen key of the issuer that nobody compares with an earlier report, an anchor or a record of his own.",
  "A wrong rho or slew allowance.",
  "Sources that lie in step with all others of a host.",
  "Evidence that was left out at either end of a host's chain: it is then without evidence, never compliant.",
  "An issuer that leaves out a host, or calls a batch unreadable that is not: its time is then without evidence, and the batch is counted as unreadable.",
  "Whether the issuer left out a declaration: scopes, hours, exemptions and limits of their own are opened from the log in the form in which they were declared, but that nobody declared another one, or withdrew one, afterwards is seen in the whole log alone.",
];
