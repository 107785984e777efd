package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.KotlinFrames.runOnThisThread;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.javaapi.internal.CarrierKind;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Which kind of thread carries the tasks, and how to force one. */
class CarrierChoiceTest {
  @AfterEach
  void clearProperty() {
    System.clearProperty(CarrierKind.PROPERTY);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void virtualThreadsAreTakenWhereThereAreSome() {
    assertTrue(threadOfATask().startsWith("VirtualThread"));
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void mountedThreadsAreTakenWhereTheJvmIsOpenToUs() {
    assertEquals(CarrierKind.MOUNTED, CarrierKind.chosen());
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void platformThreadsAreTakenOtherwise() {
    assertTrue(threadOfATask().startsWith("Thread"));
  }

  @Test
  void propertyForcesPlatformThreads() {
    System.setProperty(CarrierKind.PROPERTY, "platform");
    assertTrue(threadOfATask().startsWith("Thread"));
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void virtualThreadsAreRefusedWhereThereAreNone() {
    System.setProperty(CarrierKind.PROPERTY, "virtual");
    var thrown = assertThrows(UnsupportedOperationException.class, () -> Asyncio.run(() -> 1));
    assertEquals(
        "The system property tandem.carrier asks for virtual threads, but this JDK, %s, does not have them: run on JDK 21 or later. Without the property, tasks get the cheapest threads that this JVM has."
            .formatted(Runtime.version()),
        thrown.getMessage());
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_23)
  void mountedThreadsAreRefusedOnAJdkThatIsTooOld() {
    System.setProperty(CarrierKind.PROPERTY, "mounted");
    var thrown = assertThrows(UnsupportedOperationException.class, () -> Asyncio.run(() -> 1));
    assertEquals(
        "The system property tandem.carrier asks for mounted threads, but this JDK, %s, is too old: run on JDK 24 or later. Without the property, tasks get the cheapest threads that this JVM has."
            .formatted(Runtime.version()),
        thrown.getMessage());
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void mountedThreadsAreRefusedByALoopThatRunsOnAVirtualThread() throws Exception {
    System.setProperty(CarrierKind.PROPERTY, "mounted");
    String message = onVirtualThread(() -> assertThrows(
            UnsupportedOperationException.class, () -> runOnThisThread(async(() -> 1)))
        .getMessage());
    assertEquals(
        "The system property tandem.carrier asks for mounted threads, but its loop runs on a virtual thread, and one "
            + "virtual thread cannot be mounted on another. Run the loop on a platform thread, as Asyncio.run does. "
            + "Without the property, tasks get the cheapest threads that this JVM has.",
        message);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void loopThatRunsOnAVirtualThreadHasVirtualThreadsForItsTasks() throws Exception {
    List<Thread> threads = onVirtualThread(() -> {
      Thread ofTask = runOnThisThread(async(Thread::currentThread));
      return List.of(Thread.currentThread(), ofTask);
    });
    assertNotSame(threads.get(0), threads.get(1));
    assertTrue(threads.get(1).toString().startsWith("VirtualThread"));
  }

  @Test
  void unknownKindIsRefusedWithThoseThatThereAre() {
    System.setProperty(CarrierKind.PROPERTY, "green");
    var thrown = assertThrows(IllegalArgumentException.class, () -> Asyncio.run(() -> 1));
    assertEquals(
        "The system property tandem.carrier is \"green\". It may be \"platform\", \"virtual\" or \"mounted\"; "
            + "without it, tasks get the cheapest threads that this JVM has.",
        thrown.getMessage());
  }

  /** By name, since tests are compiled for JDK 17, too. */
  private static <T> T onVirtualThread(Callable<T> code) throws Exception {
    var executor = (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    try {
      return executor.submit(code).get();
    } finally {
      executor.shutdown();
    }
  }

  private static String threadOfATask() {
    return Asyncio.run(() -> await(createTask(() -> Thread.currentThread().toString())));
  }
}
