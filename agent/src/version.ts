/** The version of all of Truebound's own packages. */
export const VERSION = "0.1.0";
