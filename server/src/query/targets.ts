import type { TargetList } from "@truebound/wire";
import { viewTarget } from "../peer/target.ts";
import type { QuestionPorts } from "./questions.ts";

/** A person adds each of them by hand, so they fit into one page. */
export const askTargets = async ({ store }: Pick<QuestionPorts, "store">): Promise<TargetList> => ({
  items: (await store.targets()).map(viewTarget),
  next: null,
});
