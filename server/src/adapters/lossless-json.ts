import { parse } from "lossless-json";
import { type Json, NumberText } from "../explain/case-reader.ts";

/** JSON in which every number keeps its digits: JSON.parse would round an instant of 19 digits to the nearest double. */
export const parseLossless = (text: string): Json => parse(text, null, { parseNumber: (digits) => new NumberText(digits) }) as Json;
