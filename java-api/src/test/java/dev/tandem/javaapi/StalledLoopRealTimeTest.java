package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What debug mode says of a blocking call in a task, which stalls the loop. */
class StalledLoopRealTimeTest extends OnEachCarrier {
  private static final String DEBUG = "tandem.debug";

  private final CapturedLog log = new CapturedLog();

  @BeforeEach
  void debug() {
    System.setProperty(DEBUG, "true");
  }

  @AfterEach
  void debugNoMore() {
    System.clearProperty(DEBUG);
    log.close();
  }

  @Test
  void callThatTookTooLongIsReportedWithItsStackWhenItHasEnded() {
    Asyncio.run(() -> {
      runningLoop().setSlowCallbackDuration(Duration.ofMillis(100));
      await(createTask("download", () -> {
        await(sleep(Duration.ZERO));
        Thread.sleep(1000);
      }));
    });
    List<String> report = report("The loop was busy");
    assertEquals(
        "The loop was busy for <time> with a step of Task(download, result=null). No other task could run meanwhile; "
            + "move what blocks to a thread with toThread { ... }.",
        report.get(0));
    assertTrue(showsThisTest(report), report::toString);
  }

  @Test
  void callThatMayNeverEndIsReportedWithItsStackWhileItBlocks() {
    Asyncio.run(() -> {
      runningLoop().setSlowCallbackDuration(Duration.ofMillis(10));
      await(createTask("download", () -> {
        await(sleep(Duration.ZERO));
        blockUntil(() -> reports("The loop is stuck").findAny().isPresent());
        List<String> report = report("The loop is stuck");
        assertEquals(
            "The loop is stuck: it has been busy for <time> with a step of Task(download, pending). No other task can "
                + "run; move what blocks to a thread with toThread { ... }.",
            report.get(0));
        assertTrue(showsThisTest(report), report::toString);
      }));
    });
  }

  /** Its first line, without the time, and the stack. On a slow machine there may be reports of other entries, too. */
  private List<String> report(String beginning) {
    String report = reports(beginning).findFirst().orElseThrow();
    return report.replaceFirst("for [0-9.]+(ms|s)", "for <time>").lines().toList();
  }

  private Stream<String> reports(String beginning) {
    return log.messages().stream()
        .filter(message -> message.startsWith(beginning) && message.contains("Task(download"));
  }

  private static boolean showsThisTest(List<String> stack) {
    return stack.stream().anyMatch(line -> line.contains("StalledLoopRealTimeTest."));
  }

  private static void blockUntil(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(1);
    }
  }
}
