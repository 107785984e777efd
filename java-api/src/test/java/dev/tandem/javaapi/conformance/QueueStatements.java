package dev.tandem.javaapi.conformance;

import static dev.tandem.javaapi.Asyncio.await;
import static java.util.Comparator.comparingDouble;

import dev.tandem.conformance.Statement;
import dev.tandem.javaapi.LifoQueue;
import dev.tandem.javaapi.PriorityQueue;
import dev.tandem.javaapi.Queue;
import java.util.ArrayList;
import java.util.List;

/** The queues. */
final class QueueStatements extends Statements {
  QueueStatements(Interpreter interpreter) {
    super(interpreter);
  }

  @Override
  void defineAll() {
    define(
        "queue",
        statement ->
            interpreter.set(statement.text(0), newQueue(statement.text(1), statement.number(2))));
    defineOnQueue("put", (statement, queue) -> await(queue.put(statement.value(1))));
    defineOnQueue("put_nowait", (statement, queue) -> {
      queue.putNoWait(statement.value(1));
      return null;
    });
    defineOnQueue("get", (statement, queue) -> await(queue.get()));
    defineOnQueue("get_nowait", (statement, queue) -> queue.getNoWait());
    defineOnQueue("task_done", (statement, queue) -> {
      queue.taskDone();
      return null;
    });
    defineOnQueue("join", (statement, queue) -> await(queue.join()));
    define("q_shutdown", statement -> {
      String name = statement.text(0);
      Queue<Object> queue = interpreter.get(name);
      trace.logOutcome(List.of("q_shutdown", name), () -> queue.shutdown(statement.flag(1)));
    });
    define("qsize", statement -> {
      String name = statement.text(0);
      Queue<Object> queue = interpreter.get(name);
      trace.log("qsize", name, queue.size(), queue.empty(), queue.full());
    });
  }

  private interface QueueCall {
    Object call(Statement statement, Queue<Object> queue);
  }

  /** Defines a statement that logs its arguments, and how {@code call} ends on the queue that the first of them names. */
  private void defineOnQueue(String operation, QueueCall call) {
    define(operation, statement -> {
      Queue<Object> queue = interpreter.get(statement.text(0));
      var what = new ArrayList<Object>(List.of(operation));
      what.addAll(statement.getArguments());
      trace.logOutcome(what, () -> call.call(statement, queue));
    });
  }

  private static Queue<Object> newQueue(String kind, int maxSize) {
    return switch (kind) {
      case "fifo" -> new Queue<>(maxSize);
      case "lifo" -> new LifoQueue<>(maxSize);
      case "priority" ->
        new PriorityQueue<>(maxSize, comparingDouble(item -> ((Number) item).doubleValue()));
      default ->
        throw new AssertionError(
            "A scenario makes a queue of a kind that the specification does not name: " + kind);
    };
  }
}
