// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/**
 * What time is it, within what bound: reads the segment that a Truebound agent writes on this host (docs/protocol.md, "The segment").
 * Linux, Java 11 or newer with a HotSpot whose System.nanoTime() is CLOCK_MONOTONIC, no library. From Java 22 on, where native access is
 * enabled (--enable-native-access=ALL-UNNAMED, or the module's name), it reads CLOCK_MONOTONIC_RAW through java.lang.foreign; else a bound
 * grows by what MONOTONIC may be slewed. A nanoTime of another clock is refused, as before the reading or expired. A reader may be shared.
 */
public final class Truebound implements AutoCloseable {
  public static final String DEFAULT_SEGMENT = "/run/truebound-agent/segment";
  public static final int SEGMENT_BYTES = 384;

  private static final int HEAD = 64;
  private static final int SLOT = 160;
  private static final int SLOTS = 2;
  private static final int VERSION = 1;
  private static final long MAGIC = 0x0a4b434f4c434254L; // "TBCLOCK\n"
  private static final int HAS_OFFSET = 1;
  private static final int HAS_RAW = 2;
  private static final int HAS_MARKER = 4;
  private static final int HAS_EVIDENCE = 8;

  private static final long BILLION = 1_000_000_000L;
  /** A bound wider than a second on either side of its middle answers nothing. */
  private static final long WIDEST_NS = 2_000_000_000L;
  /** A clock that is farther from UTC than a century is of no use, and its sums would leave 64 bits. */
  private static final long FARTHEST_NS = 3_200_000_000_000_000_000L;
  /** Two clocks that only a step, or a suspend, moves apart are never this far apart by rounding. */
  private static final long STEP_SLACK_NS = 1_000L;
  private static final long SUSPEND_SLACK_NS = 1_000_000L;
  /** A segment that says nothing new is opened anew: the agent may have made another one in its place. */
  private static final long REOPEN_NS = 100_000_000L;
  private static final long QUIET_NS = 1_500_000_000L;
  /** What was read is used for so long before the file is looked at again: an older record gives a wider bound, and no false one. */
  private static final long REFRESH_NS = 1_000_000L;
  /** Instant.now() cuts off what is less than a microsecond, in some releases. */
  private static final long INSTANT_RESOLUTION_NS = 1_000L;

  private static final String[] STATUSES = {"unknown", "proven", "unverified", "holdover", "conflict", "no_majority", "disrupted"};
  private static final String[] REASONS = {
    "", "trusting", "one_vote", "peers_only", "fault_budget_reduced", "sources_lost", "sources_inconsistent", "sources_disagree",
    "no_region", "suspended_or_moved", "clocksource_changed", "vm_disrupted", "ruler_jumped", "never_measured",
    "no_exchange_for_an_hour", "wider_than_a_second", "no_usable_evidence", "timescale_unknown", "leap_unknown", "agent_stopped",
    "not_authenticated"
  };

  /** UTC at the instant of the call, ns since 1970, where `bounded`; else `reason` says why not. */
  public static final class Interval {
    public final String status;
    /** "" = there is no more to say. */
    public final String reason;
    public final boolean bounded;
    public final long earliestNs;
    public final long latestNs;
    /** Where the proof is to be found; zero for a host that reports to nobody. */
    public final byte[] host;
    public final long epoch;
    public final long seq;

    private Interval(String status, String reason, Record record, long earliestNs, long latestNs, boolean bounded) {
      this.status = status;
      this.reason = reason;
      this.bounded = bounded;
      this.earliestNs = earliestNs;
      this.latestNs = latestNs;
      boolean told = record != null && (record.flags & HAS_EVIDENCE) != 0;
      this.host = told ? record.bytes(32) : new byte[16];
      this.epoch = told ? record.unsigned(48) : 0;
      this.seq = told ? record.word(56) : 0;
    }

    /** What is proved, and what was proved and grows since. */
    public boolean isProved() {
      return bounded && (status.equals("proven") || status.equals("holdover"));
    }
  }

  /** What a reader's clocks show, ns, read in this order after the segment was. Null = it cannot be read here. */
  public static final class Sample {
    public final long monotonicBefore;
    public final Long realtime;
    public final long realtimeResolution;
    public final Long boottime;
    public final long monotonic;
    public final Long raw;
    public final Long vmMarker;

    public Sample(long monotonicBefore, Long realtime, long realtimeResolution, Long boottime, long monotonic, Long raw, Long vmMarker) {
      this.monotonicBefore = monotonicBefore;
      this.realtime = realtime;
      this.realtimeResolution = realtimeResolution;
      this.boottime = boottime;
      this.monotonic = monotonic;
      this.raw = raw;
      this.vmMarker = vmMarker;
    }
  }

  /** The bytes of one write. */
  private static final class Record {
    private final ByteBuffer slot;
    final int flags;

    private Record(ByteBuffer slot) {
      this.slot = slot;
      this.flags = slot.getShort(14) & 0xffff;
    }

    /** Null = these are not the bytes of one write. */
    static Record of(ByteBuffer slot) {
      CRC32 crc = new CRC32();
      crc.update(slot.array(), slot.arrayOffset(), 8);
      crc.update(slot.array(), slot.arrayOffset() + 12, SLOT - 12);
      return isWritten(slot.getLong(0)) && (int) crc.getValue() == slot.getInt(8) ? new Record(slot) : null;
    }

    long word(int at) {
      return slot.getLong(at);
    }

    long unsigned(int at) {
      return slot.getInt(at) & 0xffff_ffffL;
    }

    byte[] bytes(int at) {
      return Arrays.copyOfRange(slot.array(), slot.arrayOffset() + at, slot.arrayOffset() + at + 16);
    }

    String status() {
      int status = slot.get(12) & 0xff;
      return status < STATUSES.length ? STATUSES[status] : "unknown";
    }

    String reason() {
      int reason = slot.get(13) & 0xff;
      return reason < REASONS.length ? REASONS[reason] : "";
    }
  }

  private static boolean isWritten(long generation) {
    return generation != 0 && (generation & 1) == 0;
  }

  private static String whyNoSegment(ByteBuffer segment) {
    if (segment.limit() < SEGMENT_BYTES || segment.getLong(0) != MAGIC) return "not_a_segment";
    if (segment.getShort(8) != VERSION) return "wrong_version";
    boolean fits = segment.getShort(10) == HEAD && segment.getShort(12) == SLOT && segment.getShort(14) == SLOTS;
    return fits ? null : "not_a_segment";
  }

  /** Where UTC is, by the bytes of a segment that nobody writes meanwhile. `bootId` null = not known, and not held against it. */
  public static Interval answerOf(byte[] segment, byte[] bootId, Sample sample) {
    ByteBuffer bytes = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
    String flaw = whyNoSegment(bytes);
    if (flaw != null) return nothing("unknown", flaw, null);
    Record newest = null;
    for (int index = 0; index < SLOTS; index++) {
      byte[] slot = Arrays.copyOfRange(segment, HEAD + index * SLOT, HEAD + (index + 1) * SLOT);
      Record record = Record.of(ByteBuffer.wrap(slot).order(ByteOrder.LITTLE_ENDIAN));
      if (record != null && (newest == null || Long.compareUnsigned(record.word(0), newest.word(0)) > 0)) newest = record;
    }
    return newest == null ? nothing("unknown", "torn", null) : answerBy(newest, bootId, sample);
  }

  private static Interval nothing(String status, String reason, Record record) {
    return new Interval(status, reason, record, 0, 0, false);
  }

  private static Interval answerBy(Record record, byte[] bootId, Sample sample) {
    String status = record.status();
    long monotonic = record.word(72);
    if (bootId != null && !Arrays.equals(bootId, record.bytes(16))) return nothing("unknown", "other_boot", record);
    if (sample.monotonic < monotonic) return nothing("unknown", "before_the_reading", record);
    if (sample.monotonic >= record.word(112)) return nothing("unknown", "expired", record);
    boolean says = (record.flags & HAS_OFFSET) != 0 && !status.equals("unknown") && !status.equals("disrupted");
    if (!says) return nothing(status, record.reason(), record);
    String disruption = disruptionOf(record, sample);
    if (disruption != null) return nothing("disrupted", disruption, record);
    boolean byRaw = (record.flags & HAS_RAW) != 0 && sample.raw != null;
    long elapsed = byRaw ? sample.raw - record.word(80) : sample.monotonic - monotonic;
    if (elapsed < 0) return nothing("unknown", "before_the_reading", record);
    long growth = growthOf(elapsed, record.unsigned(byRaw ? 52 : 128));
    long lo = record.word(96);
    long hi = record.word(104);
    boolean isFar = lo < -FARTHEST_NS || hi > FARTHEST_NS || growth > WIDEST_NS;
    if (isFar || hi - lo + 2 * growth > WIDEST_NS) return nothing("unknown", "wider_than_a_second", record);
    // No agent writes an end before its begin.
    if (hi - lo + 2 * growth < 0) return nothing("unknown", "torn", record);
    try {
      long utc = Math.addExact(record.word(64), elapsed);
      long earliest = Math.addExact(utc, lo - growth);
      return new Interval(status, record.reason(), record, earliest, Math.addExact(utc, hi + growth), true);
    } catch (ArithmeticException beyond64Bits) {
      // Nor an instant that 64 bits cannot count.
      return nothing("unknown", "torn", record);
    }
  }

  /** elapsed × ppb / 10⁹, rounded up: a part of a nanosecond widens. In two parts, of which neither is more than 63 bits. */
  private static long growthOf(long elapsed, long ppb) {
    long seconds = elapsed / BILLION;
    if (seconds > 1_000_000) return WIDEST_NS + 1;
    return seconds * ppb + (elapsed % BILLION * ppb + BILLION - 1) / BILLION;
  }

  /** What happened to the clocks that the agent has not told of yet; null = nothing that can be seen. */
  private static String disruptionOf(Record record, Sample sample) {
    if ((record.flags & HAS_MARKER) != 0 && sample.vmMarker != null && sample.vmMarker != record.word(120)) return "vm_disrupted";
    if (sample.boottime != null && hasMoved(record, record.word(88), sample, sample.boottime, SUSPEND_SLACK_NS, 0)) return "suspended_or_moved";
    if (sample.realtime != null && hasMoved(record, record.word(64), sample, sample.realtime, STEP_SLACK_NS, sample.realtimeResolution))
      return "clock_stepped";
    return null;
  }

  /** True where a clock's distance from MONOTONIC surely changed between the reading and now. */
  private static boolean hasMoved(Record record, long then, Sample sample, long now, long slack, long resolution) {
    long before = then - record.word(72);
    long unsure = record.unsigned(132) + slack;
    return now + resolution - sample.monotonicBefore < before - unsure || now - sample.monotonic > before + unsure;
  }

  // ---- the live segment ----

  private final Path path;
  private final byte[] bootId;
  private FileChannel vmclock;
  private final long refreshNs;
  private final ByteBuffer segment = ByteBuffer.allocateDirect(SEGMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer word = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private FileChannel file;
  private Record held;
  private long generation;
  private long heldSince;
  private long opened;
  private boolean wasOpened;
  private long looked;
  private boolean hasLooked;
  private String whyNone = "no_segment";

  /** @param path null = what TRUEBOUND_SEGMENT names, else DEFAULT_SEGMENT. */
  public Truebound(String path) {
    this(path, REFRESH_NS);
  }

  /** @param refreshNs for how long what was read of the file is used; 0 = it is read at each call. */
  public Truebound(String path, long refreshNs) {
    this.refreshNs = refreshNs;
    String named = path != null ? path : System.getenv("TRUEBOUND_SEGMENT");
    this.path = Path.of(named != null && !named.isEmpty() ? named : DEFAULT_SEGMENT);
    this.bootId = readBootId();
    this.vmclock = openVmClock();
  }

  /** UTC, as an interval with a status, or why nothing can be said. */
  public Interval now() {
    return now(Truebound::clocks);
  }

  /** The same with clocks of the caller's. */
  public synchronized Interval now(Supplier<Sample> clocks) {
    Sample sample = clocks.get();
    if (isDue(sample.monotonic)) {
      refresh(sample.monotonic);
      // The clocks are read after what is held against them: a record is never from after its reader.
      sample = clocks.get();
    }
    if (held == null) return nothing("unknown", whyNone, null);
    Long marker = (held.flags & HAS_MARKER) != 0 ? readMarker() : null;
    if (marker != null)
      sample = new Sample(sample.monotonicBefore, sample.realtime, sample.realtimeResolution, sample.boottime, sample.monotonic, sample.raw, marker);
    return answerBy(held, bootId, sample);
  }

  private boolean isDue(long now) {
    return !hasLooked || now < looked || now - looked >= refreshNs;
  }

  /** MONOTONIC at the reading on which the latest answer rests; 0 = there was none. */
  public synchronized long readingNs() {
    return held == null ? 0 : held.word(72);
  }

  /** True once UTC is surely after `tNs`. False says only that it is not sure. */
  public boolean isPast(long tNs) {
    Interval now = now();
    return now.isProved() && now.earliestNs > tNs;
  }

  /** True while UTC is surely before `tNs`. */
  public boolean isFuture(long tNs) {
    Interval now = now();
    return now.isProved() && now.latestNs < tNs;
  }

  @Override
  public synchronized void close() throws IOException {
    closeFile();
    if (vmclock != null) vmclock.close();
    vmclock = null;
  }

  /** True where CLOCK_MONOTONIC_RAW can be read, so that bounds grow by the oscillator's drift alone. */
  public static boolean hasRaw() {
    return Native.GET_TIME != null;
  }

  /** This process's clocks. Without native access, what happens to a machine that sleeps shows as a step of REALTIME. */
  public static Sample clocks() {
    return Native.GET_TIME != null ? Native.clocks() : plainClocks();
  }

  private static Sample plainClocks() {
    long before = System.nanoTime();
    Instant now = Instant.now();
    long realtime = now.getEpochSecond() * BILLION + now.getNano();
    return new Sample(before, realtime, INSTANT_RESOLUTION_NS, null, System.nanoTime(), null, null);
  }

  private void refresh(long now) {
    looked = now;
    hasLooked = true;
    boolean isStale = file == null || held == null || now - heldSince > QUIET_NS;
    if (isStale && (!wasOpened || now - opened >= REOPEN_NS)) open(now);
    for (int attempt = 0; attempt < 4 && file != null; attempt++) {
      String flaw = readAt(segment, 0) ? whyNoSegment(segment) : "not_a_segment";
      whyNone = flaw != null ? flaw : "torn";
      // The agent puts another file in the place of one that was cut off.
      if (flaw != null) closeFile();
      else if (takeNewest(now)) return;
    }
  }

  /** True where all of it was read. Nothing is mapped: a file that somebody cuts off is a short read here, and no error of the runtime. */
  private boolean readAt(ByteBuffer bytes, int at) {
    bytes.clear();
    // A channel that an interrupted thread reads is closed: the interrupt waits until this is done.
    boolean isInterrupted = Thread.interrupted();
    try {
      return file.read(bytes, at) == bytes.capacity();
    } catch (IOException failed) {
      return false;
    } finally {
      if (isInterrupted) Thread.currentThread().interrupt();
    }
  }

  /** False where a write fell into it. */
  private boolean takeNewest(long now) {
    int newer = Long.compareUnsigned(segment.getLong(HEAD + SLOT), segment.getLong(HEAD)) > 0 ? 1 : 0;
    for (int turn = 0; turn < SLOTS; turn++) {
      int at = HEAD + SLOT * (turn == 0 ? newer : 1 - newer);
      long found = segment.getLong(at);
      if (!isWritten(found)) continue;
      if (held != null && Long.compareUnsigned(found, generation) <= 0) return true;
      Record record = copyOf(at, found);
      if (record == null) continue;
      held = record;
      generation = found;
      heldSince = now;
      return true;
    }
    return false;
  }

  /** A copy of which no write can be a part: its generation is the same, and even, before and after. */
  private Record copyOf(int at, long found) {
    ByteBuffer copy = ByteBuffer.allocate(SLOT).order(ByteOrder.LITTLE_ENDIAN);
    if (!readAt(copy, at) || !readAt(word, at)) return null;
    return word.getLong(0) == found && copy.getLong(0) == found ? Record.of(copy) : null;
  }

  /** Another file begins anew: its generations say nothing beside those of the one before. What was read stays until it expires. */
  private void open(long now) {
    opened = now;
    wasOpened = true;
    if (!Files.isReadable(path)) return;
    closeFile();
    generation = 0;
    whyNone = "not_a_segment";
    if (!Files.isRegularFile(path)) return;
    try {
      file = FileChannel.open(path, StandardOpenOption.READ);
    } catch (IOException gone) {
      file = null; // tried again soon
    }
  }

  private void closeFile() {
    try {
      if (file != null) file.close();
    } catch (IOException closed) {
      // there is nothing left of it
    }
    file = null;
  }

  /**
   * clock_gettime of the C library, through java.lang.foreign. By reflection, for that came with Java 22 and this file is compiled for
   * Java 11 too; and only where native access is enabled, for elsewhere Java warns of it, and later refuses it.
   */
  private static final class Native {
    private static final int REALTIME = 0;
    private static final int MONOTONIC_RAW = 4;
    private static final int BOOTTIME = 7;
    private static final String FOREIGN = "java.lang.foreign.";

    /** (clock, address of a timespec) to 0 where it was read; null = not to be had here. Final, so that it is compiled into its callers. */
    static final MethodHandle GET_TIME = find();

    private static final ThreadLocal<Timespec> OWN = ThreadLocal.withInitial(Timespec::new);

    /** Memory that the kernel writes to, of one thread. */
    private static final class Timespec {
      private final ByteBuffer words = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
      private final long address = addressOf(words);

      /** Null where this kernel has no such clock. */
      Long read(int clock) {
        try {
          return (int) GET_TIME.invokeExact(clock, address) == 0 ? words.getLong(0) * BILLION + words.getLong(8) : null;
        } catch (Throwable never) {
          throw new IllegalStateException("Cannot call clock_gettime", never);
        }
      }
    }

    static Sample clocks() {
      Timespec spec = OWN.get();
      long before = System.nanoTime();
      Long realtime = spec.read(REALTIME);
      Long boottime = spec.read(BOOTTIME);
      long monotonic = System.nanoTime();
      return new Sample(before, realtime, 0, boottime, monotonic, spec.read(MONOTONIC_RAW), null);
    }

    private static MethodHandle find() {
      try {
        if (!(boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(Truebound.class.getModule())) return null;
        Class<?> linkerType = Class.forName(FOREIGN + "Linker");
        Object linker = linkerType.getMethod("nativeLinker").invoke(null);
        Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
        Optional<?> symbol = (Optional<?>) Class.forName(FOREIGN + "SymbolLookup").getMethod("find", String.class).invoke(lookup, "clock_gettime");
        return symbol.isEmpty() ? null : bind(linkerType, linker, symbol.get());
      } catch (ReflectiveOperationException | RuntimeException | LinkageError older) {
        return null;
      }
    }

    /** The address goes as a long: the calling conventions of Linux pass both alike, and a long needs no type of Java 22. */
    private static MethodHandle bind(Class<?> linkerType, Object linker, Object symbol) throws ReflectiveOperationException {
      Class<?> layout = Class.forName(FOREIGN + "MemoryLayout");
      Class<?> values = Class.forName(FOREIGN + "ValueLayout");
      Class<?> descriptor = Class.forName(FOREIGN + "FunctionDescriptor");
      Class<?> option = Class.forName(FOREIGN + "Linker$Option");
      Object given = Array.newInstance(layout, 2);
      Array.set(given, 0, values.getField("JAVA_INT").get(null));
      Array.set(given, 1, values.getField("JAVA_LONG").get(null));
      Object signature = descriptor.getMethod("of", layout, given.getClass()).invoke(null, values.getField("JAVA_INT").get(null), given);
      // It comes back at once: the thread need not be made ready for a long stay outside.
      Object options = Array.newInstance(option, 1);
      Array.set(options, 0, option.getMethod("critical", boolean.class).invoke(null, false));
      Class<?> memory = Class.forName(FOREIGN + "MemorySegment");
      return (MethodHandle)
          linkerType.getMethod("downcallHandle", memory, descriptor, options.getClass()).invoke(linker, symbol, signature, options);
    }

    private static long addressOf(ByteBuffer buffer) {
      try {
        Class<?> memory = Class.forName(FOREIGN + "MemorySegment");
        return (long) memory.getMethod("address").invoke(memory.getMethod("ofBuffer", Buffer.class).invoke(null, buffer));
      } catch (ReflectiveOperationException never) {
        throw new IllegalStateException("Cannot tell where a buffer lies", never);
      }
    }
  }

  private static byte[] readBootId() {
    try {
      String text = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim().replace("-", "");
      byte[] id = new byte[16];
      for (int at = 0; at < 16; at++) id[at] = (byte) Integer.parseInt(text.substring(2 * at, 2 * at + 2), 16);
      return id;
    } catch (IOException | RuntimeException unknown) {
      return null;
    }
  }

  private static FileChannel openVmClock() {
    try {
      return FileChannel.open(Path.of("/dev/vmclock0"), StandardOpenOption.READ);
    } catch (IOException | RuntimeException none) {
      return null;
    }
  }

  /** The hypervisor's disruption marker (include/uapi/linux/vmclock-abi.h), under its own sequence count. */
  private Long readMarker() {
    // As above, and one that falls into it closes the channel for good: then it is opened anew, for without it no move of the machine shows.
    boolean isInterrupted = Thread.interrupted();
    try {
      for (int attempt = 0; attempt < 4 && vmclock != null; attempt++) {
        try {
          return markerIn(vmclock);
        } catch (ClosedByInterruptException fellIntoIt) {
          isInterrupted = Thread.interrupted();
          vmclock = openVmClock();
        } catch (IOException failed) {
          return null;
        }
      }
      return null;
    } finally {
      if (isInterrupted) Thread.currentThread().interrupt();
    }
  }

  private static Long markerIn(FileChannel vmclock) throws IOException {
    ByteBuffer first = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer again = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    if (vmclock.read(first, 0) < 24 || vmclock.read(again, 0) < 24) return null;
    boolean isWhole = first.getInt(0) == 0x4b4c4356 && first.getInt(12) == again.getInt(12) && (first.getInt(12) & 1) == 0;
    return isWhole ? again.getLong(16) : null;
  }
}
