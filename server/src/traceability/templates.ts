import { fitsPattern, names, type ObservedSource } from "./chain.ts";

/** What is known of a kind of source, and which documents of it an auditor asks for. */
export interface ChainTemplate {
  readonly id: string;
  readonly kind: "gnss" | "laboratory" | "cloud";
  readonly title: string;
  /** What it is traceable to, as a document would say it; null = its operator names none. */
  readonly reference: string | null;
  /** By which its sources are told: names, addresses, or the code that they say they follow. A hint, and no proof. */
  readonly sources: readonly string[];
  readonly needs: readonly string[];
  readonly note: string;
}

/** Codes of RFC 5905, figure 12, and those that receivers use besides. */
const RECEIVER_NEEDS = [
  "data sheet and calibration of the receiver with its antenna and cable delay",
  "that its offset from UTC (leap seconds) is applied",
  "the bulletin of the timing centre behind the satellites",
] as const;
const LABORATORY_NEEDS = [
  "the centre's statement of its time service",
  "BIPM Circular T, or the centre's own bulletin, for the period",
] as const;
const CLOUD_NEEDS = [
  "the provider's description of its time service, dated",
  "what it says of leap seconds: smeared time is not UTC around a leap",
] as const;

const gnss = (id: string, title: string, reference: string, codes: readonly string[], note: string): ChainTemplate => ({
  id,
  kind: "gnss",
  title,
  reference,
  sources: codes,
  needs: RECEIVER_NEEDS,
  note,
});
const laboratory = (id: string, title: string, reference: string, sources: readonly string[], note = CHECK): ChainTemplate => ({
  id,
  kind: "laboratory",
  title,
  reference,
  sources,
  needs: LABORATORY_NEEDS,
  note,
});
const cloud = (id: string, title: string, sources: readonly string[], note: string): ChainTemplate => ({
  id,
  kind: "cloud",
  title,
  reference: null,
  sources,
  needs: CLOUD_NEEDS,
  note,
});

/** Whether the names still lead there is for whoever uses them to see. */
const CHECK = "Names of servers change: compare them with the centre's own page";

/** The first that fits counts. */
export const CHAIN_TEMPLATES: readonly ChainTemplate[] = [
  laboratory("ptb", "Physikalisch-Technische Bundesanstalt, Germany", "UTC(PTB)", ["ptbtime*.ptb.de", "PTB"]),
  laboratory("nist", "National Institute of Standards and Technology, United States", "UTC(NIST)", ["time.nist.gov", "*.nist.gov", "NIST"]),
  laboratory("npl", "National Physical Laboratory, United Kingdom", "UTC(NPL)", ["ntp*.npl.co.uk", "NPL"]),
  laboratory("usno", "United States Naval Observatory", "UTC(USNO)", ["*.usno.navy.mil", "USNO"]),
  laboratory("op", "LNE-SYRTE, Observatoire de Paris, France", "UTC(OP)", ["*.obspm.fr"]),
  laboratory("inrim", "Istituto Nazionale di Ricerca Metrologica, Italy", "UTC(IT)", ["ntp*.inrim.it"]),
  laboratory("metas", "Eidgenössisches Institut für Metrologie, Switzerland", "UTC(CH)", ["*.metas.ch"]),
  laboratory("vsl", "VSL, Netherlands", "UTC(VSL)", ["*.vsl.nl"]),
  laboratory("nict", "National Institute of Information and Communications Technology, Japan", "UTC(NICT)", ["ntp.nict.jp", "*.nict.jp"]),
  laboratory("sp", "RISE and Netnod, Sweden", "UTC(SP)", ["*.ntp.se"], `Run by Netnod for RISE. ${CHECK}`),
  gnss("gps", "GPS receiver", "UTC(USNO) by GPS", ["GPS"], "The satellites broadcast their prediction of UTC(USNO)"),
  gnss("galileo", "Galileo receiver", "UTC by Galileo", ["GAL"], "The satellites broadcast a prediction of UTC"),
  gnss(
    "gnss",
    "GNSS receiver of several systems",
    "UTC by GNSS",
    ["GNSS", "PPS"],
    "Which system steers it is for its configuration to say",
  ),
  cloud(
    "aws",
    "Amazon Time Sync Service",
    ["169.254.169.123", "fd00:ec2::123", "time.aws.com"],
    "The public pool time.aws.com is smeared around leap seconds",
  ),
  cloud(
    "google",
    "Google's time service",
    ["metadata.google.internal", "time*.google.com"],
    "Smeared around leap seconds (24 h, noon to noon)",
  ),
  cloud(
    "azure",
    "Microsoft Azure's host time",
    ["PHC*", "time.windows.com"],
    "On Azure's hosts by /dev/ptp_hyperv, which a local server may serve",
  ),
  cloud("cloudflare", "Cloudflare Time Services", ["time.cloudflare.com"], "Says that it follows UTC without a smear"),
];

export const templateOf = (source: Pick<ObservedSource, "id" | "addresses" | "upstreams">): ChainTemplate | null =>
  CHAIN_TEMPLATES.find(({ sources }) =>
    sources.some((pattern) => names(pattern, source) || source.upstreams.some((code) => fitsPattern(pattern, code))),
  ) ?? null;
