export { type BundleFiles, type Failure, STEPS, type Step, type VerifyCrypto, type VerifyPorts, type WireForms } from "./ports.ts";
export { limitsOf } from "./profile-limits.ts";
export { keyId, renderedText, reportText } from "./signature.ts";
export { type Expectations, type Verification, verifyBundle } from "./verify-bundle.ts";
export { type HostOutcome, hostsInTurn, type SignedEvidence, type VerifyHosts, verifyHost } from "./verify-host.ts";
