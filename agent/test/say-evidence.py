"""A program that gives evidence each second: this machine's clock, give or take 2 ms, is UTC."""
import json, sys, time

print(json.dumps({"truebound_evidence": 1, "clock": "realtime", "document": sys.argv[1], "model": "this clock"}), flush=True)
while True:
    print(json.dumps({"t": str(time.time_ns()), "lo": "-2000000", "hi": "2000000"}), flush=True)
    time.sleep(1)
