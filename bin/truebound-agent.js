#!/usr/bin/env node
import { ensureBuilt } from "./build.js";

ensureBuilt();
await import("../agent/dist/main.js");
