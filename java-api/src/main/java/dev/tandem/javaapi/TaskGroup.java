package dev.tandem.javaapi;

import dev.tandem.Context;
import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.Task;
import dev.tandem.internal.JavaBlocksKt;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Tasks that end together. {@link Asyncio#taskGroup} hands one to its body; made by hand, its {@link #run} gives the
 * result of a body. A group runs once.
 *
 * <p>The first failure of a task, or of the body, cancels everything else in the group; when all have ended, a {@link
 * dev.tandem.ExceptionGroup} with every failure is thrown. A task that ends cancelled is no failure.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> {@code asyncio.TaskGroup}.
 *
 * <pre>{@code
 * var group = new TaskGroup();
 * Page page = group.run(() -> {
 *   var user = group.createTask(fetchUser(id));
 *   var orders = group.createTask(fetchOrders(id));
 *   return new Page(await(user), await(orders));
 * });
 * }</pre>
 */
public final class TaskGroup {
  private final dev.tandem.TaskGroup group;

  /** Makes a group that has not started. */
  public TaskGroup() {
    this(new dev.tandem.TaskGroup());
  }

  /**
   * Shows Java code a group of Kotlin's.
   *
   * @param group what {@code taskGroup} hands to its body in Kotlin
   */
  public TaskGroup(dev.tandem.TaskGroup group) {
    this.group = Objects.requireNonNull(group, "group");
  }

  /**
   * Runs {@code body} here and now, and returns its result when all tasks of the group are done.
   *
   * <p><b>Cancellation.</b> Cancelling the calling task cancels the group and passes through when all have ended. If
   * there are failures as well, they are thrown, and the cancellation comes at the next {@code await}.
   *
   * @param body what to run; it may add tasks, and await
   * @param <T> the type of the result
   * @return what {@code body} returns; null if {@link #cancel} cut it short
   * @throws dev.tandem.ExceptionGroup with what failed; a {@link dev.tandem.BaseExceptionGroup} if a cancellation is
   *     among the failures
   * @throws IllegalStateException outside a task, or if this group was used before
   */
  public <T> T run(Callable<T> body) {
    Coroutine<T> inside = Asyncio.async(body);
    return Asyncio.await(CoroutineKt.coroutine(
        "taskGroup", k -> JavaBlocksKt.run(group, k2 -> inside.await(k2), k)));
  }

  /**
   * Runs {@code body} here and now; otherwise as the overload with a result.
   *
   * @param body what to run; it may add tasks, and await
   */
  public void run(VoidCallable body) {
    run(Asyncio.callable(body));
  }

  /**
   * Returns a new task of this group that runs {@code body}. Allowed until the last task of the group is done, also for
   * the tasks themselves.
   *
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if the group has not started, has ended, or is being cancelled
   */
  public <T> Task<T> createTask(Callable<T> body) {
    return createTask(null, Asyncio.async(body));
  }

  /**
   * Returns a new task of this group; otherwise as the overload with a result.
   *
   * @param body what to run; it may await
   * @return the task
   */
  public Task<Void> createTask(VoidCallable body) {
    return createTask(null, Asyncio.async(body));
  }

  /**
   * Returns a new task of this group that runs {@code coroutine}; otherwise as the overload with a body.
   *
   * @param coroutine what to run
   * @param <T> the type of the result
   * @return the task
   */
  public <T> Task<T> createTask(Coroutine<T> coroutine) {
    return createTask(null, coroutine);
  }

  /**
   * Returns a new task of this group with a name.
   *
   * @param name the name; null for {@code Task-N}
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return the task
   */
  public <T> Task<T> createTask(String name, Callable<T> body) {
    return createTask(name, Asyncio.async(name, body));
  }

  /**
   * Returns a new task of this group with a name and without a result.
   *
   * @param name the name; null for {@code Task-N}
   * @param body what to run; it may await
   * @return the task
   */
  public Task<Void> createTask(String name, VoidCallable body) {
    return createTask(name, Asyncio.async(name, body));
  }

  /**
   * Returns a new task of this group with a name that runs {@code coroutine}.
   *
   * @param name the name; null for {@code Task-N}
   * @param coroutine what to run
   * @param <T> the type of the result
   * @return the task
   */
  public <T> Task<T> createTask(String name, Coroutine<T> coroutine) {
    return createTask(name, null, null, coroutine);
  }

  /**
   * Returns a new task of this group; the parameters are those of {@link Asyncio#createTask(String, Context, Boolean,
   * Coroutine)}.
   *
   * @param name the name; null for {@code Task-N}
   * @param context what the task's context variables read; null for a copy of the current context
   * @param eagerStart true: the first step is taken here and now; null: as the loop has it
   * @param coroutine what to run
   * @param <T> the type of the result
   * @return the task
   */
  public <T> Task<T> createTask(
      String name, Context context, Boolean eagerStart, Coroutine<T> coroutine) {
    return group.createTask(coroutine, name, context, eagerStart);
  }

  /**
   * Cancels the tasks of this group and its body; the run of the group then ends <b>without</b> a cancellation.
   * Failures are thrown all the same. May be repeated, and does nothing when the group has ended. Before the body
   * starts: it is cancelled where it first awaits.
   *
   * <p><b>Python.</b> {@code TaskGroup.cancel()}, new in 3.15.
   */
  public void cancel() {
    group.cancel();
  }

  /**
   * Returns the object that Kotlin code uses.
   *
   * @return what this is a face of
   */
  public dev.tandem.TaskGroup asKotlin() {
    return group;
  }

  @Override
  public String toString() {
    return group.toString();
  }
}
