import type { ProfileTemplate } from "../profile.ts";
import { template } from "./utc.ts";

const SYSTEMS = "divergence from UTC of each system in scope";
const NO_NUMBER = "The rule names no number; 1 s is what many organisations set. What is judged is configuration, sources and continuity";

/** Rules that ask for synchronised clocks and leave the number to whoever follows them. */
export const TEMPLATES: readonly ProfileTemplate[] = [
  template({
    id: "dora-2024-1774",
    title: "DORA: clocks of financial entities",
    limit_on: SYSTEMS,
    jurisdiction: "EU",
    source: { text: "Delegated Regulation (EU) 2024/1774, Article 12; the number of the article from memory", url: null },
    note: NO_NUMBER,
  }),
  template({
    id: "hipaa",
    title: "HIPAA: audit controls",
    limit_on: SYSTEMS,
    jurisdiction: "US",
    source: { text: "45 CFR 164.312(b), audit controls, from memory", url: null },
    note: NO_NUMBER,
  }),
  template({
    id: "iso27001-a8-17",
    title: "ISO/IEC 27001:2022 A.8.17, clock synchronisation",
    limit_on: SYSTEMS,
    source: { text: "ISO/IEC 27001:2022, Annex A, control 8.17", url: null },
    traceability: "expected",
    note: NO_NUMBER,
  }),
  template({
    id: "nist-au-8",
    title: "NIST SP 800-53 AU-8 and SC-45, time stamps and their synchronisation",
    limit_on: SYSTEMS,
    jurisdiction: "US",
    source: { text: "NIST SP 800-53, controls AU-8 and SC-45", url: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final" },
    traceability: "expected",
    note: `${NO_NUMBER}; CMMC takes 1 s`,
  }),
  template({
    id: "pci-dss-10-6",
    title: "PCI DSS 10.6, time synchronisation",
    limit_on: SYSTEMS,
    source: { text: "PCI DSS 4.0, requirements 10.6.1 to 10.6.3", url: null },
    traceability: "expected",
    note: `${NO_NUMBER}. An assessor reads configuration, chronyc's output, egress rules and the list of sources`,
  }),
  template({
    id: "soc2",
    title: "SOC 2: clocks of systems in scope",
    limit_on: SYSTEMS,
    source: { text: "AICPA trust services criteria, CC7.2, from memory", url: null },
    note: NO_NUMBER,
  }),
];
