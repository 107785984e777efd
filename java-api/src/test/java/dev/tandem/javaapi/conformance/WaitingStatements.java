package dev.tandem.javaapi.conformance;

import static dev.tandem.conformance.ExceptionsKt.catches;
import static dev.tandem.conformance.ExceptionsKt.isOrdinary;
import static dev.tandem.javaapi.Asyncio.asCompleted;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.shield;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.waitFor;

import dev.tandem.Awaitable;
import dev.tandem.Coroutine;
import dev.tandem.Future;
import dev.tandem.ReturnWhen;
import dev.tandem.WaitResult;
import dev.tandem.conformance.Item;
import dev.tandem.conformance.Statement;
import dev.tandem.javaapi.Asyncio;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What waits for time, and for other work: gather, wait, wait_for, shield, as_completed. */
final class WaitingStatements extends Statements {
  WaitingStatements(Interpreter interpreter) {
    super(interpreter);
  }

  @Override
  void defineAll() {
    define("sleep", statement -> {
      Duration delay = statement.duration(0);
      trace.logOutcome(List.of("sleep", statement.value(0)), () -> await(sleep(delay)));
    });
    define("gather", this::runGather);
    define("wait", this::runWait);
    define("wait_for", statement -> {
      Awaitable<Object> awaitable = interpreter.awaitable(statement.item(0));
      Duration timeout = statement.duration(1);
      trace.logOutcome(List.of("wait_for"), () -> await(waitFor(awaitable, timeout)));
    });
    define("shield", statement -> {
      Awaitable<Object> awaitable = interpreter.awaitable(statement.item(1));
      interpreter.set(statement.text(0), shield(awaitable));
    });
    define("as_completed", this::runAsCompleted);
  }

  private void runGather(Statement statement) throws Exception {
    List<Item> items = statement.items(0);
    for (Item item : items) {
      if (item instanceof Item.Variable variable) {
        interpreter.future(variable.getName());
      }
    }
    Future<List<Object>> outer =
        gather(items.stream().map(interpreter::awaitable).toList(), statement.flag(1));
    String name = statement.textOrNull(2);
    if (name != null) {
      interpreter.set(name, outer);
    } else {
      trace.logOutcome(List.of("gather"), () -> await(outer));
    }
  }

  private void runWait(Statement statement) throws Exception {
    List<String> names = statement.texts(0);
    List<Future<Object>> futures = futures(names);
    Map<Future<Object>, String> nameOf = namesBy(futures, names);
    Duration timeout = statement.duration(1);
    ReturnWhen returnWhen = ReturnWhen.valueOf(statement.text(2));
    trace.logOutcome(List.of("wait"), () -> {
      WaitResult<Future<Object>> result = await(Asyncio.wait(futures, timeout, returnWhen));
      return List.of(sortedNames(result.done(), nameOf), sortedNames(result.pending(), nameOf));
    });
  }

  private void runAsCompleted(Statement statement) throws Exception {
    List<String> names = statement.texts(0);
    List<Future<Object>> futures = futures(names);
    Duration timeout = statement.duration(1);
    try {
      if (statement.text(2).equals("async")) {
        iterateFutures(futures, names, timeout);
      } else {
        awaitEach(futures, timeout);
      }
    } catch (Exception e) {
      trace.log("as_completed", Trace.encode(e));
      throw e;
    }
    trace.log("as_completed", "end");
  }

  private void iterateFutures(List<Future<Object>> futures, List<String> names, Duration timeout) {
    Map<Future<Object>, String> nameOf = namesBy(futures, names);
    for (Future<Object> future : asCompleted(futures, timeout).futures()) {
      trace.log("completed", nameOf.get(future), Trace.stateOf(future));
    }
  }

  private void awaitEach(List<Future<Object>> futures, Duration timeout) throws Exception {
    for (Coroutine<Object> next : asCompleted(futures, timeout)) {
      Object outcome;
      try {
        outcome = Trace.result(await(next));
      } catch (Exception e) {
        if (!isOrdinary(e) || catches("TimeoutError", e)) {
          throw e;
        }
        outcome = Trace.encode(e);
      }
      trace.log("completed", outcome);
    }
  }

  private List<Future<Object>> futures(List<String> names) {
    return names.stream().map(interpreter::future).toList();
  }

  /** Where several names stand for one future, the last of them is its name. */
  private static Map<Future<Object>, String> namesBy(
      List<Future<Object>> futures, List<String> names) {
    var nameOf = new HashMap<Future<Object>, String>();
    for (int i = 0; i < names.size(); i++) {
      nameOf.put(futures.get(i), names.get(i));
    }
    return nameOf;
  }

  private static List<String> sortedNames(
      Collection<Future<Object>> futures, Map<Future<Object>, String> nameOf) {
    return futures.stream().map(nameOf::get).sorted().toList();
  }
}
