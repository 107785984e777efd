package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.wrapFuture;

import dev.tandem.Awaitable;
import dev.tandem.Coroutine;
import dev.tandem.Future;
import dev.tandem.Task;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** What Java code can await: the rows of the outcome matrix. */
enum Awaited {
  COROUTINE {
    @Override
    Subject of(Work work) {
      Coroutine<String> coroutine = async(work::run);
      return new Subject(() -> await(coroutine), coroutine, null);
    }
  },

  TASK {
    @Override
    Subject of(Work work) {
      return subject(createTask("work", work::run));
    }
  },

  /** Made by hand. */
  FUTURE {
    @Override
    Subject of(Work work) {
      Future<String> future = runningLoop().createFuture();
      provide(work, future);
      return subject(future);
    }
  },

  FUTURE_OF_GATHER {
    @Override
    Subject of(Work work) {
      return subject(gather(
          async(work::run), sleep(Duration.ofSeconds(Work.STEPS)), (result, nothing) -> result));
    }
  },

  /** A CompletableFuture of another library. */
  FOREIGN_FUTURE {
    @Override
    Subject of(Work work) {
      var foreign = new CompletableFuture<String>();
      provide(work, foreign);
      return new Subject(() -> await(foreign), async(() -> await(foreign)), foreign);
    }
  },

  /** The same, seen as a future of the loop. */
  WRAPPED_FUTURE {
    @Override
    Subject of(Work work) {
      var foreign = new CompletableFuture<String>();
      provide(work, foreign);
      return subject(wrapFuture(foreign));
    }
  },

  SUSPEND_CALL {
    @Override
    Subject of(Work work) {
      return call(new KotlinWork(work)::run);
    }
  },

  /** A suspend call that waits as kotlinx code does, in a scope. */
  KOTLINX_CALL {
    @Override
    Subject of(Work work) {
      return call(new KotlinWork(work)::runInScope);
    }
  };

  /** Returns an awaitable with {@code work} behind it. In a task. */
  abstract Subject of(Work work);

  /** Whether who does the work is only told of what happens to the future, and stops a moment later. */
  boolean isProvided() {
    return this == FUTURE || this == FOREIGN_FUTURE || this == WRAPPED_FUTURE;
  }

  /**
   * One awaitable.
   *
   * @param code the code that awaits it
   * @param awaitable the same for what wants an argument
   * @param future where it can be cancelled or completed without the awaiting task; null if there is no such side
   */
  record Subject(
      Callable<String> code, Awaitable<String> awaitable, CompletableFuture<String> future) {}

  private static Subject subject(Future<String> future) {
    return new Subject(() -> await(future), future, future);
  }

  private static Subject call(SuspendCall<String> call) {
    return new Subject(() -> await(call), Suspending.coroutine(call), null);
  }

  /** Does the work for {@code future}, until it is done or nobody wants it any more. */
  private static void provide(Work work, CompletableFuture<String> future) {
    Task<String> provider = createTask("provider", work::run);
    provider.whenComplete((result, failure) -> {
      if (failure == null) {
        future.complete(result);
      } else {
        future.completeExceptionally(failure);
      }
    });
    future.whenComplete((result, failure) -> provider.cancel(true));
  }
}
