import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Zone } from "../../format/zone.ts";

const Context = createContext<Zone>("utc");
export const ZoneProvider = Context.Provider;
export const useZone = (): Zone => useContext(Context);
