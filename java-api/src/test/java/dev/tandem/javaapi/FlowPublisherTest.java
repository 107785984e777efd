package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.EventLoopKt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** A Kotlin flow as a java.util.concurrent.Flow.Publisher. */
class FlowPublisherTest extends OnEachCarrier {
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final Recorder recorder = new Recorder();

  @Test
  void givesNoMoreThanIsRequested() {
    run(() -> {
      Suspending.publisher(Flows.ticking(3, new ArrayList<>())).subscribe(recorder);
      await(sleep(seconds(10)));
      recorder.subscription.request(1);
      await(sleep(seconds(10)));
      recorder.subscription.request(5);
      await(recorder.ended);
    });
    assertEquals(List.of("1 at 11.0", "2 at 20.0", "3 at 21.0", "complete at 21.0"), log);
  }

  @Test
  void isOneValueAheadAtMost() {
    run(() -> {
      Suspending.publisher(Flows.endless(log)).subscribe(recorder);
      recorder.subscription.request(1);
      await(sleep(SECOND));
      recorder.subscription.cancel();
    });
    assertEquals(List.of("emits 1", "1 at 0.0", "emits 2"), log);
  }

  @Test
  void runsTheFlowAsATask() {
    run(() -> {
      Suspending.publisher(Flows.timed()).subscribe(recorder);
      recorder.subscription.request(9);
      await(recorder.ended);
    });
    assertEquals(List.of("in time at 1.0", "complete at 1.0"), log);
  }

  @Test
  void collectsTheFlowAnewForEachSubscriber() {
    run(() -> {
      var publisher = Suspending.publisher(Flows.of("a"));
      var second = new Recorder();
      publisher.subscribe(recorder);
      publisher.subscribe(second);
      recorder.subscription.request(9);
      second.subscription.request(9);
      await(recorder.ended);
      await(second.ended);
    });
    assertEquals(4, log.size());
  }

  @Test
  void exceptionOfTheFlowIsThatOfThePublisher() {
    run(() -> {
      Suspending.publisher(Flows.failing(new IOException("broken"))).subscribe(recorder);
      recorder.subscription.request(9);
      await(recorder.ended);
    });
    assertEquals(List.of("1 at 0.0", "java.io.IOException: broken at 1.0"), log);
  }

  @Test
  void cancelledSubscriptionEndsTheFlow() {
    run(() -> {
      Suspending.publisher(Flows.endingSlowly(log)).subscribe(recorder);
      recorder.subscription.request(9);
      await(sleep(SECOND));
      recorder.subscription.cancel();
      await(sleep(seconds(5)));
    });
    assertEquals(List.of("1 at 0.0", "ending", "ended"), log);
  }

  @Test
  void closedLoopEndsTheFlowWithAnError() {
    run(() -> {
      Suspending.publisher(Flows.endingSlowly(log)).subscribe(recorder);
      recorder.subscription.request(9);
      await(sleep(SECOND));
    });
    recorder.ended.join();
    assertEquals(
        List.of("1 at 0.0", "ending", "ended", "dev.tandem.CancelledException at 3.0"), log);
  }

  @Test
  void onAnOrdinaryThreadRunsInKotlinsPool() {
    Suspending.publisher(Flows.counting(2)).subscribe(recorder);
    recorder.subscription.request(9);
    recorder.ended.join();
    assertEquals(List.of("1", "2", "complete"), log);
  }

  /** Logs what it is told, with the loop's time where there is one. */
  private final class Recorder implements Flow.Subscriber<Object> {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public void onNext(Object value) {
      log.add(value + time());
    }

    @Override
    public void onError(Throwable failure) {
      log.add(failure + time());
      ended.complete(null);
    }

    @Override
    public void onComplete() {
      log.add("complete" + time());
      ended.complete(null);
    }

    private static String time() {
      return EventLoopKt.runningLoopOrNull() == null ? "" : " at " + KotlinFrames.time();
    }
  }
}
