#!/usr/bin/env node
import { ensureBuilt } from "./build.js";

ensureBuilt();
await import("../server/dist/main.js");
