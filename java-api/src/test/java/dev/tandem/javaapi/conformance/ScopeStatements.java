package dev.tandem.javaapi.conformance;

import static dev.tandem.javaapi.Asyncio.taskGroup;
import static dev.tandem.javaapi.Asyncio.timeout;

import dev.tandem.Task;
import dev.tandem.conformance.Statement;
import dev.tandem.conformance.Undefined;
import dev.tandem.javaapi.TaskGroup;
import dev.tandem.javaapi.Timeout;
import java.time.Duration;
import java.util.List;

/** The scopes around a block: time limits and task groups. */
final class ScopeStatements extends Statements {
  ScopeStatements(Interpreter interpreter) {
    super(interpreter);
  }

  @Override
  void defineAll() {
    define("timeout", this::runTimeout);
    define("reschedule", this::reschedule);
    define("taskgroup", this::runTaskGroup);
    define("tg_spawn", this::spawnInGroup);
  }

  private void runTimeout(Statement statement, Frame frame) throws Exception {
    Timeout limit = timeout(statement.duration(0));
    frame.timeouts.addLast(limit);
    try {
      limit.run(() -> interpreter.runBlock(statement.block(1), frame));
    } catch (Exception e) {
      trace.log("timeout", limit.expired(), Trace.encode(e));
      throw e;
    } finally {
      frame.timeouts.removeLast();
    }
    trace.log("timeout", limit.expired(), "ok");
  }

  private void reschedule(Statement statement, Frame frame) throws Exception {
    if (frame.timeouts.isEmpty()) {
      throw new Undefined("timeout");
    }
    Timeout limit = frame.timeouts.getLast();
    Duration delay = statement.duration(0);
    trace.logOutcome(
        List.of("reschedule"),
        () -> limit.reschedule(delay == null ? null : loop.time().plus(delay)));
  }

  private void runTaskGroup(Statement statement, Frame frame) throws Exception {
    try {
      taskGroup(group -> {
        frame.groups.addLast(group);
        try {
          interpreter.runBlock(statement.block(0), frame);
        } finally {
          frame.groups.removeLast();
        }
      });
    } catch (Exception e) {
      trace.log("taskgroup", Trace.encode(e));
      throw e;
    }
    trace.log("taskgroup", "ok");
  }

  private void spawnInGroup(Statement statement, Frame frame) {
    if (frame.groups.isEmpty()) {
      throw new Undefined("taskgroup");
    }
    TaskGroup group = frame.groups.getLast();
    String name = statement.text(0);
    Task<Object> task;
    try {
      task = group.createTask(name, () -> interpreter.runProgram(statement.text(1)));
    } catch (IllegalStateException e) {
      trace.log("tg_spawn", name, Trace.encode(e));
      throw e;
    }
    interpreter.addSpawned(name, task);
  }
}
