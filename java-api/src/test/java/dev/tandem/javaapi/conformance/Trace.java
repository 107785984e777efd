package dev.tandem.javaapi.conformance;

import dev.tandem.EventLoop;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.conformance.ExceptionsKt;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.VoidCallable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Records what happens on a loop while a scenario runs there.
 *
 * <p>After {@link #MAX_EVENTS} the scenario counts as running away: the loop is stopped, and nothing more is recorded.
 */
final class Trace {
  /** Who acts outside any task: a callback of the loop. */
  static final String CALLBACK = "-";

  private static final int MAX_EVENTS = 2_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final EventLoop loop;
  private final List<List<Object>> recorded = new ArrayList<>();
  private boolean ranAway;

  Trace(EventLoop loop) {
    this.loop = loop;
  }

  List<List<Object>> events() {
    return List.copyOf(recorded);
  }

  boolean ranAway() {
    return ranAway;
  }

  /** Records {@code [time, who, what...]}; {@link #CALLBACK} is who acts outside any task. */
  void record(String who, Object... what) {
    if (recorded.size() == MAX_EVENTS) {
      ranAway = true;
      loop.stop();
      return;
    }
    var event = new ArrayList<>();
    event.add(loop.time().toNanos() / NANOS_PER_SECOND);
    event.add(who);
    event.addAll(Arrays.asList(what));
    recorded.add(event);
  }

  /** Records something that the running task does. */
  void log(Object... what) {
    record(labelOf(Asyncio.currentTask()), what);
  }

  /** Records how {@code call} ends: {@code [what..., outcome]}; an exception then goes on. */
  void logOutcome(List<?> what, Callable<?> call) throws Exception {
    Object value;
    try {
      value = call.call();
    } catch (Exception e) {
      logWith(encode(e), what);
      throw e;
    }
    logWith(result(value), what);
  }

  /** Records how {@code call} ends; its result is null. */
  void logOutcome(List<?> what, VoidCallable call) throws Exception {
    Callable<?> withResult = () -> {
      call.call();
      return null;
    };
    logOutcome(what, withResult);
  }

  private void logWith(Object outcome, List<?> what) {
    var all = new ArrayList<Object>(what);
    all.add(outcome);
    log(all.toArray());
  }

  /** A task's name in a trace; automatic ones are all the same, since their numbers differ from run to run. */
  static String labelOf(Task<?> task) {
    return task.getName().startsWith("Task-") ? "~" : task.getName();
  }

  static Map<String, Object> result(Object value) {
    return Collections.singletonMap("result", encode(value));
  }

  /** A value as a trace shows it. */
  static Object encode(Object value) {
    if (value instanceof Throwable exception) {
      return ExceptionsKt.encode(exception);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Trace::encode).toList();
    }
    return value;
  }

  /** The state of a future as a trace shows it. */
  static Object stateOf(Future<?> future) {
    if (!future.done()) {
      return "pending";
    }
    if (future.cancelled()) {
      return "cancelled";
    }
    Throwable exception = future.exception();
    return exception != null ? encode(exception) : result(future.result());
  }
}
