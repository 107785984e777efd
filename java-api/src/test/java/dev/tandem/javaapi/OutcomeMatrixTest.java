package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.shield;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.timeout;
import static dev.tandem.javaapi.Asyncio.toThread;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.TimeoutException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every outcome, a method each, of everything that can be awaited, see {@link Awaited}: what the awaiting code gets, and
 * that the work behind it has stopped.
 *
 * <p>A coroutine and a suspend call are part of the task that awaits them. They cannot be cancelled or completed by
 * themselves; where the other rows do that to the future, these do it to the awaiting task.
 *
 * <p>{@code orTimeout} takes real time: {@link OutcomeMatrixRealTimeTest}.
 */
class OutcomeMatrixTest extends OnEachCarrier {
  private static final List<String> ALL_STEPS =
      List.of("step 1", "step 2", "step 3", "ended at 3.0");
  private static final List<String> STOPPED = List.of("step 1", "cancelled", "ended at 1.5");

  private final IOException failure = new IOException("broken");
  private Work work = Work.succeeding();

  @ParameterizedTest
  @EnumSource
  void value(Awaited awaited) {
    assertEquals("done", run(() -> awaited.of(work).code().call()));
    assertEquals(ALL_STEPS, work.log);
  }

  @ParameterizedTest
  @EnumSource
  void exception(Awaited awaited) {
    work = Work.failingWith(failure);
    var thrown =
        assertThrows(IOException.class, () -> run(() -> awaited.of(work).code().call()));
    assertSame(failure, thrown);
    assertEquals(ALL_STEPS, work.log);
  }

  @ParameterizedTest
  @EnumSource
  void cancelled(Awaited awaited) {
    run(() -> {
      Task<String> awaiting = createTask(awaited.of(work).code());
      await(sleep(seconds(1.5)));
      awaiting.cancel("enough");
      var thrown = failureOf(awaiting, CancelledException.class, awaited);
      assertEquals("enough", thrown.getMessage());
      assertTrue(awaiting.cancelled());
    });
    assertEquals(STOPPED, work.log);
  }

  @ParameterizedTest
  @EnumSource
  void timedOutByWaitFor(Awaited awaited) {
    run(() -> {
      Task<String> awaiting = createTask(waitFor(awaited.of(work).awaitable(), seconds(1.5)));
      var thrown = failureOf(awaiting, TimeoutException.class, awaited);
      assertEquals("The time limit of a timeout() or waitFor() ran out.", thrown.getMessage());
      assertEquals(CancelledException.class, thrown.getCause().getClass());
    });
    assertEquals(STOPPED, work.log);
  }

  @ParameterizedTest
  @EnumSource
  void timedOutByABlock(Awaited awaited) {
    run(() -> {
      Task<String> awaiting =
          createTask(() -> timeout(seconds(1.5), awaited.of(work).code()));
      var thrown = failureOf(awaiting, TimeoutException.class, awaited);
      assertEquals("The time limit of a timeout() or waitFor() ran out.", thrown.getMessage());
    });
    assertEquals(STOPPED, work.log);
  }

  @ParameterizedTest
  @EnumSource
  void cancelledFromTheFuturesSide(Awaited awaited) {
    run(() -> {
      var subject = awaited.of(work);
      Task<String> awaiting = createTask(subject.code());
      await(sleep(seconds(1.5)));
      assertTrue(sideOf(subject, awaiting).cancel(true));
      failureOf(awaiting, CancelledException.class, awaited);
      assertTrue(awaiting.cancelled());
    });
    assertEquals(STOPPED, work.log);
  }

  @ParameterizedTest
  @EnumSource
  void cancelledFromTheFuturesSideByAForeignThread(Awaited awaited) {
    run(() -> {
      var subject = awaited.of(work);
      Task<String> awaiting = createTask(subject.code());
      await(sleep(seconds(1.5)));
      assertTrue(await(toThread(() -> sideOf(subject, awaiting).cancel(true))));
      failureOf(awaiting, CancelledException.class, awaited);
      assertTrue(awaiting.cancelled());
    });
    assertEquals(STOPPED, work.log);
  }

  @ParameterizedTest
  @EnumSource
  void completedExceptionally(Awaited awaited) {
    run(() -> {
      var subject = awaited.of(work);
      Task<String> awaiting = createTask(subject.code());
      await(sleep(seconds(1.5)));
      assertTrue(sideOf(subject, awaiting).completeExceptionally(failure));
      assertSame(failure, failureOf(awaiting, IOException.class, awaited));
    });
    assertEquals(STOPPED, work.log);
    assertWorkKnows(failure, awaited);
  }

  @ParameterizedTest
  @EnumSource
  void completedExceptionallyByAForeignThread(Awaited awaited) {
    run(() -> {
      var subject = awaited.of(work);
      Task<String> awaiting = createTask(subject.code());
      await(sleep(seconds(1.5)));
      assertTrue(await(toThread(() -> sideOf(subject, awaiting).completeExceptionally(failure))));
      assertSame(failure, failureOf(awaiting, IOException.class, awaited));
    });
    assertEquals(STOPPED, work.log);
    assertWorkKnows(failure, awaited);
  }

  @Test
  void shieldedWorkGoesOnWhenTheAwaitingTaskIsCancelled() {
    run(() -> {
      Task<String> shielded = createTask("work", work::run);
      Task<String> awaiting = createTask(() -> await(shield(shielded)));
      await(sleep(seconds(1.5)));
      awaiting.cancel();
      assertThrows(CancelledException.class, () -> await(awaiting));
      assertFalse(work.hasEnded());
      assertEquals("done", await(shielded));
    });
    assertEquals(ALL_STEPS, work.log);
  }

  @Test
  void shieldedWorkGoesOnWhenTimeRunsOut() {
    run(() -> {
      Task<String> shielded = createTask("work", work::run);
      assertThrows(TimeoutException.class, () -> await(waitFor(shield(shielded), seconds(1.5))));
      assertFalse(work.hasEnded());
      assertEquals("done", await(shielded));
    });
    assertEquals(ALL_STEPS, work.log);
  }

  @Test
  void shieldedWorkGoesOnWhenTheShieldIsCompletedExceptionally() {
    run(() -> {
      Task<String> shielded = createTask("work", work::run);
      Future<String> shield = shield(shielded);
      await(sleep(seconds(1.5)));
      shield.completeExceptionally(failure);
      assertSame(failure, assertThrows(IOException.class, () -> await(shield)));
      assertFalse(work.hasEnded());
      assertEquals("done", await(shielded));
    });
    assertEquals(ALL_STEPS, work.log);
  }

  @Test
  void shieldThatIsCompletedWhenTheWorkHasJustEndedKeepsItsOutcome() {
    var reports = new ArrayList<String>();
    run(() -> {
      runningLoop().setExceptionHandler((loop, context) -> reports.add(context.toString()));
      Future<String> shielded = runningLoop().createFuture();
      Future<String> shield = shield(shielded);
      shielded.setResult("done");
      shield.completeExceptionally(failure);
      assertSame(failure, assertThrows(IOException.class, () -> await(shield)));
    });
    assertEquals(List.of(), reports);
  }

  @Test
  void shieldedWorkThatIsCancelledItselfIsOver() {
    run(() -> {
      Task<String> shielded = createTask("work", work::run);
      Task<String> awaiting = createTask(() -> await(shield(shielded)));
      await(sleep(seconds(1.5)));
      shielded.cancel();
      assertThrows(CancelledException.class, () -> await(awaiting));
    });
    assertEquals(STOPPED, work.log);
  }

  /** The failure of the awaiting task, which is what its code got. The work has ended by then, or will when told. */
  private <X extends Throwable> X failureOf(Task<String> awaiting, Class<X> type, Awaited awaited) {
    X thrown = assertThrows(type, () -> await(awaiting));
    assertTrue(work.hasEnded() || awaited.isProvided());
    await(sleep(seconds(10)));
    return thrown;
  }

  private void assertWorkKnows(Throwable cause, Awaited awaited) {
    if (!awaited.isProvided()) {
      assertSame(cause, work.cancellation().getCause());
    }
  }

  private static CompletableFuture<String> sideOf(Awaited.Subject subject, Task<String> awaiting) {
    return subject.future() != null ? subject.future() : awaiting;
  }
}
