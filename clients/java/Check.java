// SPDX-License-Identifier: Apache-2.0

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the reader against the vectors that all readers share, and against a writer to whom UTC is one of the clocks plus K, and a record's
 * epoch its sequence; says by which clock it can know UTC, and what a read costs (each = with the file read at each).
 */
public final class Check {
  private static String line;

  public static void main(String[] given) throws Exception {
    if (given.length == 2 && given[0].equals("vectors")) System.exit(vectors(given[1]));
    else if (given.length >= 1 && given[0].equals("now")) now(given.length > 1 ? given[1] : null);
    else if (given.length == 2 && given[0].equals("interrupted")) interrupted(given[1]);
    else if (given.length == 1 && given[0].equals("axis")) System.out.println(Truebound.hasRaw() ? "raw" : "monotonic");
    else if (given.length == 5 && given[0].equals("race")) race(given[1], whole(given[2]), whole(given[3]), given[4].equals("raw"));
    else if (given.length >= 3 && given[0].equals("cost")) cost(given[1], whole(given[2]), given.length == 4 && given[3].equals("each"));
    else {
      System.err.println("Check vectors FILE | now [SEGMENT] | interrupted SEGMENT | axis | race SEGMENT READS K raw|monotonic | cost SEGMENT READS [each]");
      System.exit(2);
    }
  }

  private static long whole(String text) {
    return Long.parseLong(text);
  }

  private static String field(String name) {
    Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(line);
    return found.find() ? found.group(1) : "";
  }

  private static Long known(String name) {
    String text = field(name);
    return text.isEmpty() ? null : Long.valueOf(Long.parseUnsignedLong(text));
  }

  private static byte[] bytes(String name) {
    String digits = field(name);
    byte[] bytes = new byte[digits.length() / 2];
    for (int at = 0; at < bytes.length; at++) bytes[at] = (byte) Integer.parseInt(digits.substring(2 * at, 2 * at + 2), 16);
    return bytes;
  }

  private static int vectors(String path) throws Exception {
    int count = 0;
    int wrong = 0;
    for (String next : Files.readAllLines(Path.of(path))) {
      line = next;
      if (field("name").isEmpty()) continue;
      Truebound.Sample sample =
          new Truebound.Sample(
              whole(field("monotonic_before")),
              known("realtime"),
              whole(field("realtime_resolution")),
              known("boottime"),
              whole(field("monotonic")),
              known("raw"),
              known("vm_marker"));
      byte[] bootId = field("boot_id").isEmpty() ? null : bytes("boot_id");
      Truebound.Interval got = Truebound.answerOf(bytes("segment"), bootId, sample);
      List<String> said =
          List.of(got.status, got.reason, got.bounded ? Long.toString(got.earliestNs) : "", got.bounded ? Long.toString(got.latestNs) : "");
      count++;
      if (said.equals(List.of(field("status"), field("reason"), field("earliest"), field("latest")))) continue;
      wrong++;
      System.err.println(field("name") + " " + said);
    }
    System.out.println("{\"vectors\":" + count + ",\"wrong\":" + wrong + "}");
    return wrong == 0 && count > 0 ? 0 : 1;
  }

  private static void now(String path) {
    Truebound.Interval got = new Truebound(path).now();
    String ends = got.bounded ? ",\"earliest_ns\":\"" + got.earliestNs + "\",\"latest_ns\":\"" + got.latestNs + "\"" : "";
    System.out.println("{\"status\":\"" + got.status + "\",\"reason\":\"" + got.reason + "\"" + ends + "}");
  }

  /** What a thread that is interrupted is told, and whether it still is. */
  private static void interrupted(String path) throws Exception {
    Truebound reader = new Truebound(path, 0);
    Thread.currentThread().interrupt();
    boolean bounded = reader.now().bounded;
    boolean isStill = Thread.interrupted();
    System.out.println("{\"bounded\":" + bounded + ",\"interrupted\":" + isStill + "}");
  }

  /** The writer's REALTIME is of a clock that is not this host's. */
  private static Truebound.Sample withoutRealtime() {
    Truebound.Sample all = Truebound.clocks();
    return new Truebound.Sample(all.monotonicBefore, null, 0, null, all.monotonic, all.raw, null);
  }

  private static long axis(Truebound.Sample sample, boolean byRaw) {
    return byRaw ? sample.raw : sample.monotonic;
  }

  private static void race(String path, long wanted, long k, boolean byRaw) {
    Truebound reader = new Truebound(path, 0);
    long reads = 0;
    long bounded = 0;
    long unknown = 0;
    long torn = 0;
    long missed = 0;
    long longest = 0;
    long records = 0;
    long last = 0;
    for (; bounded < wanted; reads++) {
      Truebound.Sample asked = Truebound.clocks();
      long before = axis(asked, byRaw);
      Truebound.Interval now = reader.now(Check::withoutRealtime);
      long after = axis(Truebound.clocks(), byRaw);
      if (!now.bounded) {
        unknown++;
        continue;
      }
      bounded++;
      if (now.epoch != (now.seq & 0xffff_ffffL)) torn++;
      if (now.latestNs < before + k || now.earliestNs > after + k) missed++;
      longest = Math.max(longest, asked.monotonic - reader.readingNs());
      if (now.seq != last) records++;
      last = now.seq;
    }
    System.out.printf(
        "{\"reads\":%d,\"bounded\":%d,\"unknown\":%d,\"torn\":%d,\"missed\":%d,\"longest_ns\":%d,\"records\":%d}%n",
        reads, bounded, unknown, torn, missed, longest, records);
  }

  private static void cost(String path, long reads, boolean each) {
    Truebound reader = each ? new Truebound(path, 0) : new Truebound(path);
    long bounded = 0;
    for (int warm = 0; warm < 20_000; warm++) reader.now();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long from = threads.getCurrentThreadCpuTime();
    for (long turn = 0; turn < reads; turn++) if (reader.now().bounded) bounded++;
    double ns = (double) (threads.getCurrentThreadCpuTime() - from) / reads;
    System.out.println("{\"reads\":" + reads + ",\"bounded\":" + bounded + ",\"ns\":" + Math.round(ns * 10) / 10.0 + "}");
  }
}
