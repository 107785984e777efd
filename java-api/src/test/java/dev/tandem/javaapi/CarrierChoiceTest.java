package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.javaapi.internal.CarrierKind;
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
  void unknownKindIsRefusedWithThoseThatThereAre() {
    System.setProperty(CarrierKind.PROPERTY, "green");
    var thrown = assertThrows(IllegalArgumentException.class, () -> Asyncio.run(() -> 1));
    assertEquals(
        "The system property tandem.carrier is \"green\". It may be \"platform\", \"virtual\" or \"mounted\"; "
            + "without it, tasks get the cheapest threads that this JVM has.",
        thrown.getMessage());
  }

  private static String threadOfATask() {
    return Asyncio.run(() -> await(createTask(() -> Thread.currentThread().toString())));
  }
}
