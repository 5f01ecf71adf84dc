import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** Sources that are not asked by NTP: which of them count, and which cannot be heard at all; nothing where there are none. */
export function checkDeclared({ declared: { named, counting, problems } }: DoctorFacts): Check[] {
  const unknown = counting.filter((id) => !named.includes(id));
  if (named.length === 0 && unknown.length === 0) return [];
  const idle = named.filter((id) => !counting.includes(id) && !id.startsWith("opinion:"));
  const says = [
    named.length === 0 ? "none is named" : `${named.length} not asked by NTP: ${named.join(", ")}`,
    ...(idle.length === 0 ? [] : [`without a vote, since nobody declares that they count: ${idle.join(", ")}`]),
  ].join("; ");
  const mend = [
    ...problems,
    ...(idle.length === 0 ? [] : ["where their documents may be relied on, name them in TRUEBOUND_DECLARED or in the policy's declared"]),
    ...unknown.map((id) => `${id} is declared and is no source here: name it in TRUEBOUND_SOURCES, or take it out`),
  ];
  const verdict = problems.length + unknown.length > 0 ? "warn" : idle.length > 0 ? "note" : "ok";
  return [check("declared_sources", verdict, says, ...mend)];
}
