#!/bin/bash
# A custom plugin of node-problem-detector: whether the clock of this node is within a limit, by the agent's own /metrics.
#   truebound-clock.sh outside|unproven [LIMIT_MS] [PORT]
# Exit 0 = no problem, 1 = problem, 2 = unknown, with one line of at most 80 bytes, as the detector takes it. Needs bash alone.
#   outside   problem: no offset that the bound allows is within the limit; unknown: the bound allows both, or there is none
#   unproven  problem: the bound allows an offset beyond the limit, or there is none; unknown: no agent answers
LC_ALL=C
what=$1 limit_ms=${2:-100} port=${3:-8124}
# The agent reads the clock every second.
oldest_ns=60000000000

say() { printf '%s\n' "${2:0:80}"; exit "$1"; }

# From seconds, plain or with an exponent, to whole nanoseconds, away from zero by at most two.
ns() {
  local mantissa=${1%[eE]*} exponent=0
  [[ $1 == *[eE]* ]] && exponent=${1##*[eE]}
  [[ $mantissa =~ ^-?[0-9]+(\.[0-9]+)?$ && $exponent =~ ^([+-]?)0*([0-9]{1,2})$ ]] || return 1
  printf -v nanoseconds '%.0f' "${mantissa}e$((${BASH_REMATCH[1]}${BASH_REMATCH[2]} + 9))"
  if ((nanoseconds < 0)); then ((nanoseconds -= 1)); else ((nanoseconds += 1)); fi
}

[[ $what == outside || $what == unproven ]] || say 2 "Cannot check \"$what\": say outside or unproven"
[[ $limit_ms =~ ^[1-9][0-9]{0,6}$ ]] || say 2 "Cannot use the limit \"$limit_ms\": whole milliseconds"
[[ $port =~ ^[1-9][0-9]{0,4}$ ]] || say 2 "Cannot use the port \"$port\""
limit=$((limit_ms * 1000000))

{ exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || say 2 "No truebound-agent answers on 127.0.0.1:$port"
printf 'GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$port" >&3
agent='' status='' lower='' upper='' age=''
while IFS= read -r -t 3 line <&3; do
  line=${line%$'\r'}
  case $line in
    'truebound_clock_status{status="'*'"} 1') status=${line#*\"} status=${status%%\"*} ;;
    'truebound_clock_offset_lower_bound_seconds{tier="guaranteed"} '*) lower=${line##* } ;;
    'truebound_clock_offset_upper_bound_seconds{tier="guaranteed"} '*) upper=${line##* } ;;
    'truebound_agent_info{'*) agent=yes ;;
    'truebound_agent_reading_age_seconds '*) age=${line##* } ;;
  esac
done
exec 3<&-

[[ -n $agent ]] || say 2 "What answers on 127.0.0.1:$port is no truebound-agent"
ns "$age" || say 2 "The agent has not read the clock yet"
((nanoseconds <= oldest_ns)) || say 2 "The agent has not read the clock for $((nanoseconds / 1000000000)) s"
if ns "$lower"; then lo=$nanoseconds; fi
if ns "$upper"; then hi=$nanoseconds; fi
if [[ -z $lo || -z $hi ]]; then
  [[ $what == outside ]] && say 2 "Clock without a bound: $status"
  say 1 "Clock not provable within $limit_ms ms: $status, no bound"
fi
worst=$((-lo > hi ? -lo : hi))
least=$((lo > 0 ? lo : hi < 0 ? -hi : 0))
shown="$((worst / 1000)) us at most"
# What lies beyond by those two alone is not beyond.
((least - 2 > limit)) && say 1 "Clock proved over $limit_ms ms off: $((least / 1000)) us at least"
((worst <= limit)) && say 0 "Clock within $limit_ms ms: $shown, $status"
[[ $what == outside ]] && say 2 "Clock may be over $limit_ms ms off: $shown, $status"
say 1 "Clock not provable within $limit_ms ms: $shown, $status"
