// SPDX-License-Identifier: Apache-2.0

// Command check holds the reader against the vectors that all readers share (vectors FILE), against a writer (race SEGMENT READS K
// raw|monotonic: to whom UTC is that clock plus K, and a record's epoch its sequence), asks of far instants (far SEGMENT), and says what
// a read costs (cost SEGMENT READS [each]; each = the file is read at each).
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"truebound"
)

func main() {
	given := os.Args[1:]
	switch {
	case len(given) == 2 && given[0] == "vectors":
		os.Exit(vectors(given[1]))
	case len(given) >= 1 && given[0] == "now":
		now(append(given, "")[1])
	case len(given) == 2 && given[0] == "far":
		far(given[1])
	case len(given) == 5 && given[0] == "race":
		race(given[1], whole(given[2]), whole(given[3]), given[4] == "raw")
	case len(given) >= 3 && given[0] == "cost":
		cost(given[1], whole(given[2]), len(given) == 4 && given[3] == "each")
	default:
		fmt.Fprintln(os.Stderr, "check vectors FILE | now [SEGMENT] | far SEGMENT | race SEGMENT READS K raw|monotonic | cost SEGMENT READS [each]")
		os.Exit(2)
	}
}

func whole(text string) int64 {
	value, _ := strconv.ParseInt(text, 10, 64)
	return value
}

func known(text string) *int64 {
	if text == "" {
		return nil
	}
	value := whole(text)
	return &value
}

func vectors(path string) int {
	var all []map[string]string
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	wrong := 0
	for _, one := range all {
		if got := answer(one); got != [4]string{one["status"], one["reason"], one["earliest"], one["latest"]} {
			fmt.Fprintln(os.Stderr, one["name"], got)
			wrong++
		}
	}
	fmt.Printf("{\"vectors\":%d,\"wrong\":%d}\n", len(all), wrong)
	if wrong > 0 || len(all) == 0 {
		return 1
	}
	return 0
}

func answer(one map[string]string) [4]string {
	segment, _ := hex.DecodeString(one["segment"])
	var bootID []byte
	if one["boot_id"] != "" {
		bootID, _ = hex.DecodeString(one["boot_id"])
	}
	sample := truebound.Sample{
		MonotonicBeforeNs: whole(one["monotonic_before"]), RealtimeNs: known(one["realtime"]),
		RealtimeResolutionNs: whole(one["realtime_resolution"]), BoottimeNs: known(one["boottime"]),
		MonotonicNs: whole(one["monotonic"]), RawNs: known(one["raw"]),
	}
	if marker, err := strconv.ParseUint(one["vm_marker"], 10, 64); err == nil {
		sample.VMMarker = &marker
	}
	got := truebound.AnswerOf(segment, bootID, sample)
	if !got.Bounded {
		return [4]string{got.Status, got.Reason, "", ""}
	}
	return [4]string{got.Status, got.Reason, strconv.FormatInt(got.EarliestNs, 10), strconv.FormatInt(got.LatestNs, 10)}
}

func now(path string) {
	reader := truebound.Open(path)
	got := reader.Now()
	fmt.Printf("{\"status\":%q,\"reason\":%q", got.Status, got.Reason)
	if got.Bounded {
		fmt.Printf(",\"earliest_ns\":\"%d\",\"latest_ns\":\"%d\"", got.EarliestNs, got.LatestNs)
	}
	fmt.Println("}")
}

// far asks of instants that no int64 of nanoseconds holds: "for ever" is often written as the year 9999, and "never" as the year 1.
func far(path string) {
	reader := truebound.Open(path)
	ever, never := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Time{}
	fmt.Printf("{\"ever\":[%t,%t],\"never\":[%t,%t]}\n", reader.IsPast(ever), reader.IsFuture(ever), reader.IsPast(never), reader.IsFuture(never))
}

// withoutRealtime: the writer's REALTIME is of a clock that is not this host's.
func withoutRealtime() truebound.Sample {
	sample := truebound.Clocks()
	sample.RealtimeNs, sample.BoottimeNs = nil, nil
	return sample
}

func axis(sample truebound.Sample, byRaw bool) int64 {
	if byRaw {
		return *sample.RawNs
	}
	return sample.MonotonicNs
}

func race(path string, wanted, k int64, byRaw bool) {
	reader := truebound.Open(path)
	reader.ReadEachTime()
	var reads, bounded, unknown, torn, missed, longest, records int64
	var last uint64
	for ; bounded < wanted; reads++ {
		before := truebound.Clocks()
		now := reader.NowBy(withoutRealtime)
		after := axis(truebound.Clocks(), byRaw)
		if !now.Bounded {
			unknown++
			continue
		}
		bounded++
		if now.Epoch != uint32(now.Seq) {
			torn++
		}
		if now.LatestNs < axis(before, byRaw)+k || now.EarliestNs > after+k {
			missed++
		}
		if age := before.MonotonicNs - reader.ReadingNs(); age > longest {
			longest = age
		}
		if now.Seq != last {
			records++
		}
		last = now.Seq
	}
	fmt.Printf("{\"reads\":%d,\"bounded\":%d,\"unknown\":%d,\"torn\":%d,\"missed\":%d,\"longest_ns\":%d,\"records\":%d}\n",
		reads, bounded, unknown, torn, missed, longest, records)
}

func cost(path string, reads int64, each bool) {
	reader := truebound.Open(path)
	if each {
		reader.ReadEachTime()
	}
	bounded := 0
	from := processorNs()
	for turn := int64(0); turn < reads; turn++ {
		if reader.Now().Bounded {
			bounded++
		}
	}
	fmt.Printf("{\"reads\":%d,\"bounded\":%d,\"ns\":%.1f}\n", reads, bounded, float64(processorNs()-from)/float64(reads))
}

func processorNs() int64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used.Utime.Nano() + used.Stime.Nano()
}
