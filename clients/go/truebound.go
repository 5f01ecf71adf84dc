// SPDX-License-Identifier: Apache-2.0

// Package truebound says what time it is, within what bound: it reads the segment that a Truebound agent writes on this host
// (docs/protocol.md, "The segment"). Linux on a little-endian machine with 64 bits; standard library only. A Reader may be shared.
package truebound

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"math/bits"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// DefaultSegment is where the agent's package puts it.
const DefaultSegment = "/run/truebound-agent/segment"

// SegmentBytes is the size of a segment.
const SegmentBytes = 384

const (
	headBytes = 64
	slotBytes = 160
	slots     = 2
	version   = 1

	hasOffset   = 1
	hasRaw      = 2
	hasMarker   = 4
	hasEvidence = 8

	billion = 1_000_000_000
	// A bound wider than a second on either side of its middle answers nothing.
	widestNs = 2_000_000_000
	// A clock that is farther from UTC than a century is of no use, and its sums would leave 64 bits.
	farthestNs = 3_200_000_000_000_000_000
	// Two clocks that only a step, or a suspend, moves apart are never this far apart by rounding.
	stepSlackNs    = 1_000
	suspendSlackNs = 1_000_000
	// A segment that says nothing new is opened anew: the agent may have made another one in its place.
	reopenNs = 100_000_000
	quietNs  = 1_500_000_000
	// What was read is used for so long before the file is looked at again: an older record gives a wider bound, and no false one.
	refreshNs = 1_000_000
)

var statuses = []string{"unknown", "proven", "unverified", "holdover", "conflict", "no_majority", "disrupted"}
var reasons = []string{"", "trusting", "one_vote", "peers_only", "fault_budget_reduced", "sources_lost", "sources_inconsistent",
	"sources_disagree", "no_region", "suspended_or_moved", "clocksource_changed", "vm_disrupted", "ruler_jumped", "never_measured",
	"no_exchange_for_an_hour", "wider_than_a_second", "no_usable_evidence", "timescale_unknown", "leap_unknown", "agent_stopped",
	"not_authenticated"}

// Interval holds UTC at the instant of the call, ns since 1970, where Bounded; else Reason says why not.
type Interval struct {
	Status     string
	Reason     string // "" = there is no more to say
	Bounded    bool
	EarliestNs int64
	LatestNs   int64
	// Where the proof is to be found; zero for a host that reports to nobody.
	Host  [16]byte
	Epoch uint32
	Seq   uint64
}

// Proved is true for what is proved, or was and grows since.
func (now Interval) Proved() bool {
	return now.Bounded && (now.Status == "proven" || now.Status == "holdover")
}

// Sample is what a reader's clocks show, ns, read in this order after the segment was. A nil clock cannot be read here.
type Sample struct {
	MonotonicBeforeNs    int64
	RealtimeNs           *int64
	RealtimeResolutionNs int64 // REALTIME may be later than shown by this
	BoottimeNs           *int64
	MonotonicNs          int64
	RawNs                *int64
	VMMarker             *uint64
}

func isWritten(generation uint64) bool { return generation > 0 && generation&1 == 0 }

// isWhole: a slot's bytes are those of one write.
func isWhole(slot []byte) bool {
	crc := crc32.Update(crc32.ChecksumIEEE(slot[:8]), crc32.IEEETable, slot[12:])
	return isWritten(u64(slot, 0)) && u32(slot, 8) == crc
}

func u16(bytes []byte, at int) uint16 { return binary.LittleEndian.Uint16(bytes[at:]) }
func u32(bytes []byte, at int) uint32 { return binary.LittleEndian.Uint32(bytes[at:]) }
func u64(bytes []byte, at int) uint64 { return binary.LittleEndian.Uint64(bytes[at:]) }
func i64(bytes []byte, at int) int64  { return int64(u64(bytes, at)) }

func whyNoSegment(bytes []byte) string {
	if len(bytes) < SegmentBytes || string(bytes[:8]) != "TBCLOCK\n" {
		return "not_a_segment"
	}
	if u16(bytes, 8) != version {
		return "wrong_version"
	}
	if u16(bytes, 10) != headBytes || u16(bytes, 12) != slotBytes || u16(bytes, 14) != slots {
		return "not_a_segment"
	}
	return ""
}

func nothing(status, reason string) Interval { return Interval{Status: status, Reason: reason} }

// hasMoved: a clock's distance from MONOTONIC surely changed between the reading and now.
func hasMoved(slot []byte, then int64, sample Sample, now, slack, resolution int64) bool {
	before, unsure := then-i64(slot, 72), int64(u32(slot, 132))+slack
	least, most := now-sample.MonotonicNs, now+resolution-sample.MonotonicBeforeNs
	return most < before-unsure || least > before+unsure
}

// disruptionOf says what happened to the clocks that the agent has not told of yet; "" = nothing that can be seen.
func disruptionOf(slot []byte, sample Sample) string {
	switch {
	case u16(slot, 14)&hasMarker != 0 && sample.VMMarker != nil && *sample.VMMarker != u64(slot, 120):
		return "vm_disrupted"
	case sample.BoottimeNs != nil && hasMoved(slot, i64(slot, 88), sample, *sample.BoottimeNs, suspendSlackNs, 0):
		return "suspended_or_moved"
	case sample.RealtimeNs != nil && hasMoved(slot, i64(slot, 64), sample, *sample.RealtimeNs, stepSlackNs, sample.RealtimeResolutionNs):
		return "clock_stepped"
	}
	return ""
}

// growthOf is elapsed × ppb / 10⁹, rounded up: a part of a nanosecond widens.
func growthOf(elapsed int64, ppb uint32) int64 {
	high, low := bits.Mul64(uint64(elapsed), uint64(ppb))
	low, carry := bits.Add64(low, billion-1, 0)
	high += carry
	if high >= billion {
		return 1 << 62 // wider than anything that is answered
	}
	quotient, _ := bits.Div64(high, low, billion)
	if quotient > 1<<62 {
		return 1 << 62
	}
	return int64(quotient)
}

// AnswerOf says where UTC is, by the bytes of a segment that nobody writes meanwhile. Pure. bootID nil = not known, and not held
// against the segment.
func AnswerOf(segment []byte, bootID []byte, sample Sample) Interval {
	if flaw := whyNoSegment(segment); flaw != "" {
		return nothing("unknown", flaw)
	}
	var newest []byte
	for index := 0; index < slots; index++ {
		slot := segment[headBytes+index*slotBytes:][:slotBytes]
		if isWhole(slot) && (newest == nil || u64(slot, 0) > u64(newest, 0)) {
			newest = slot
		}
	}
	if newest == nil {
		return nothing("unknown", "torn")
	}
	return answerBy(newest, bootID, sample)
}

func answerBy(slot []byte, bootID []byte, sample Sample) Interval {
	flags := u16(slot, 14)
	told := nothing("unknown", "")
	if int(slot[12]) < len(statuses) {
		told.Status = statuses[slot[12]]
	}
	if int(slot[13]) < len(reasons) {
		told.Reason = reasons[slot[13]]
	}
	if flags&hasEvidence != 0 {
		copy(told.Host[:], slot[32:48])
		told.Epoch, told.Seq = u32(slot, 48), u64(slot, 56)
	}
	instead := func(status, reason string) Interval {
		told.Status, told.Reason = status, reason
		return told
	}
	monotonic := i64(slot, 72)
	switch {
	case bootID != nil && string(bootID) != string(slot[16:32]):
		return instead("unknown", "other_boot")
	case sample.MonotonicNs < monotonic:
		return instead("unknown", "before_the_reading")
	case sample.MonotonicNs >= i64(slot, 112):
		return instead("unknown", "expired")
	case flags&hasOffset == 0 || told.Status == "unknown" || told.Status == "disrupted":
		return told
	}
	if disruption := disruptionOf(slot, sample); disruption != "" {
		return instead("disrupted", disruption)
	}
	elapsed, ppb := sample.MonotonicNs-monotonic, u32(slot, 128)
	if flags&hasRaw != 0 && sample.RawNs != nil {
		elapsed, ppb = *sample.RawNs-i64(slot, 80), u32(slot, 52)
	}
	if elapsed < 0 {
		return instead("unknown", "before_the_reading")
	}
	growth := growthOf(elapsed, ppb)
	lo, hi := i64(slot, 96), i64(slot, 104)
	if lo < -farthestNs || hi > farthestNs || growth > widestNs || hi-lo+2*growth > widestNs {
		return instead("unknown", "wider_than_a_second")
	}
	if hi-lo+2*growth < 0 {
		return instead("unknown", "torn") // no agent writes an end before its begin
	}
	utc, fits := sumOf(i64(slot, 64), elapsed)
	earliest, fitsBefore := sumOf(utc, lo-growth)
	latest, fitsAfter := sumOf(utc, hi+growth)
	if !fits || !fitsBefore || !fitsAfter {
		return instead("unknown", "torn") // nor an instant that 64 bits cannot count
	}
	told.Bounded, told.EarliestNs, told.LatestNs = true, earliest, latest
	return told
}

// sumOf says false where 64 bits do not hold the sum.
func sumOf(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum >= a) == (b >= 0)
}

// Reader follows a live segment. Where there is none, Now says so, and looks again.
type Reader struct {
	path    string
	began   time.Time // of the process's own monotonic clock, which is cheaper to ask than the kernel is
	bootID  []byte
	vmclock int

	mutex      sync.Mutex
	file       *os.File
	held       []byte
	generation uint64
	heldSince  int64
	opened     int64
	looked     int64
	hasLooked  bool
	refreshNs  int64
	whyNone    string
}

// Open reads the segment at path; "" = what TRUEBOUND_SEGMENT names, else DefaultSegment.
func Open(path string) *Reader {
	if path == "" {
		path = os.Getenv("TRUEBOUND_SEGMENT")
	}
	if path == "" {
		path = DefaultSegment
	}
	vmclock, err := syscall.Open("/dev/vmclock0", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		vmclock = -1
	}
	return &Reader{path: path, began: time.Now(), bootID: readBootID(), vmclock: vmclock, opened: -reopenNs, refreshNs: refreshNs, whyNone: "no_segment"}
}

// Close gives back what Open and Now took.
func (reader *Reader) Close() {
	reader.mutex.Lock()
	defer reader.mutex.Unlock()
	reader.closeFile()
	if reader.vmclock >= 0 {
		syscall.Close(reader.vmclock)
		reader.vmclock = -1
	}
}

// ReadEachTime has the file read at each call, and not once a millisecond.
func (reader *Reader) ReadEachTime() {
	reader.mutex.Lock()
	defer reader.mutex.Unlock()
	reader.refreshNs = 0
}

// Now is UTC, as an interval with a status, or why nothing can be said.
func (reader *Reader) Now() Interval { return reader.NowBy(Clocks) }

// NowBy is Now with clocks of the caller's.
func (reader *Reader) NowBy(clocks func() Sample) Interval {
	reader.mutex.Lock()
	defer reader.mutex.Unlock()
	if now := int64(time.Since(reader.began)); !reader.hasLooked || now-reader.looked >= reader.refreshNs {
		reader.refresh(now)
	}
	if reader.held == nil {
		return nothing("unknown", reader.whyNone)
	}
	// The clocks are read after what is held against them: a record is never from after its reader.
	sample := clocks()
	if u16(reader.held, 14)&hasMarker != 0 {
		sample.VMMarker = readMarker(reader.vmclock)
	}
	return answerBy(reader.held, reader.bootID, sample)
}

// ReadingNs is MONOTONIC at the reading on which the latest answer rests; 0 = there was none.
func (reader *Reader) ReadingNs() int64 {
	reader.mutex.Lock()
	defer reader.mutex.Unlock()
	if reader.held == nil {
		return 0
	}
	return i64(reader.held, 72)
}

// IsPast is true once UTC is surely after t. False says only that it is not sure.
func (reader *Reader) IsPast(t time.Time) bool {
	now := reader.Now()
	return now.Proved() && time.Unix(0, now.EarliestNs).After(t)
}

// IsFuture is true while UTC is surely before t.
func (reader *Reader) IsFuture(t time.Time) bool {
	now := reader.Now()
	return now.Proved() && time.Unix(0, now.LatestNs).Before(t)
}

// refresh takes the newest whole record, if it is newer than what is held.
func (reader *Reader) refresh(now int64) {
	reader.looked, reader.hasLooked = now, true
	isStale := reader.file == nil || reader.held == nil || now-reader.heldSince > quietNs
	if isStale && now-reader.opened >= reopenNs {
		reader.open(now)
	}
	for attempt := 0; attempt < 4 && reader.file != nil; attempt++ {
		var bytes [SegmentBytes]byte
		reader.whyNone = "not_a_segment"
		if reader.readAt(bytes[:], 0) {
			reader.whyNone = whyNoSegment(bytes[:])
		}
		if reader.whyNone != "" {
			reader.closeFile() // the agent puts another file in the place of one that was cut off
			return
		}
		reader.whyNone = "torn"
		if reader.takeNewest(bytes[:], now) {
			return
		}
	}
}

// readAt is true where all of it was read. Nothing is mapped: a file that somebody cuts off is a short read here, and no SIGBUS.
func (reader *Reader) readAt(bytes []byte, at int) bool {
	count, _ := reader.file.ReadAt(bytes, int64(at))
	return count == len(bytes)
}

// takeNewest is false where a write fell into it.
func (reader *Reader) takeNewest(bytes []byte, now int64) bool {
	order := [slots]int{headBytes, headBytes + slotBytes}
	if u64(bytes, order[1]) > u64(bytes, order[0]) {
		order[0], order[1] = order[1], order[0]
	}
	for _, at := range order {
		generation := u64(bytes, at)
		if !isWritten(generation) {
			continue
		}
		if reader.held != nil && generation <= reader.generation {
			return true
		}
		if copied := reader.copySlot(at, generation); copied != nil {
			reader.held, reader.generation, reader.heldSince = copied, generation, now
			return true
		}
	}
	return false
}

// copySlot: a copy of which no write can be a part, for its generation is the same, and even, before and after.
func (reader *Reader) copySlot(at int, generation uint64) []byte {
	copied := make([]byte, slotBytes)
	var after [8]byte
	if !reader.readAt(copied, at) || !reader.readAt(after[:], at) {
		return nil
	}
	if u64(after[:], 0) != generation || u64(copied, 0) != generation || !isWhole(copied) {
		return nil
	}
	return copied
}

// open: another file begins anew, and its generations say nothing beside those of the one before. What was read stays until it expires.
func (reader *Reader) open(now int64) {
	reader.opened = now
	file, err := os.OpenFile(reader.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	reader.closeFile()
	reader.whyNone = "not_a_segment"
	reader.generation = 0
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		return
	}
	reader.file = file
}

func (reader *Reader) closeFile() {
	if reader.file != nil {
		reader.file.Close()
		reader.file = nil
	}
}

const (
	clockMonotonic    = 1
	clockMonotonicRaw = 4
	clockBoottime     = 7
)

// readClock asks the kernel: the standard library tells neither RAW nor BOOTTIME.
func readClock(clock uintptr) (int64, bool) {
	var spec syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&spec)), 0)
	return spec.Nano(), errno == 0
}

func readable(clock uintptr) *int64 {
	if ns, ok := readClock(clock); ok {
		return &ns
	}
	return nil
}

// Clocks reads this process's own.
func Clocks() Sample {
	before, _ := readClock(clockMonotonic)
	realtime := time.Now().UnixNano()
	boottime := readable(clockBoottime)
	after, _ := readClock(clockMonotonic)
	return Sample{MonotonicBeforeNs: before, RealtimeNs: &realtime, BoottimeNs: boottime, MonotonicNs: after, RawNs: readable(clockMonotonicRaw)}
}

func readBootID() []byte {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nil
	}
	id, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(string(text)), "-", ""))
	if err != nil || len(id) != 16 {
		return nil
	}
	return id
}

// readMarker: the hypervisor's disruption marker (include/uapi/linux/vmclock-abi.h), under its own sequence count.
func readMarker(vmclock int) *uint64 {
	var first, again [24]byte
	if vmclock < 0 {
		return nil
	}
	for _, page := range []*[24]byte{&first, &again} {
		if count, err := syscall.Pread(vmclock, page[:], 0); err != nil || count != len(page) {
			return nil
		}
	}
	if u32(first[:], 0) != 0x4b4c4356 || u32(first[:], 12)&1 != 0 || u32(first[:], 12) != u32(again[:], 12) {
		return nil
	}
	marker := u64(again[:], 16)
	return &marker
}
