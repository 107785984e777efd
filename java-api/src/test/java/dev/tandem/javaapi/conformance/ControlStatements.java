package dev.tandem.javaapi.conformance;

import static dev.tandem.conformance.ExceptionsKt.catches;
import static dev.tandem.conformance.ExceptionsKt.newException;

import dev.tandem.ContextVar;
import dev.tandem.conformance.Handler;
import dev.tandem.conformance.Statement;
import dev.tandem.conformance.Undefined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What decides on which statement is next, and the context variables. */
final class ControlStatements extends Statements {
  private final Map<String, ContextVar<Object>> contextVariables = new HashMap<>();

  ControlStatements(Interpreter interpreter) {
    super(interpreter);
  }

  @Override
  void defineAll() {
    define("log", statement -> trace.log("log", statement.text(0)));
    define("try", this::runTry);
    define("raise", statement -> {
      throw newException(statement.text(0), statement.text(1));
    });
    define("reraise", (statement, frame) -> {
      if (frame.caught.isEmpty()) {
        throw new Undefined("caught");
      }
      throw frame.caught.getLast();
    });
    define("repeat", (statement, frame) -> {
      for (int i = 0; i < statement.number(0); i++) {
        interpreter.runBlock(statement.block(1), frame);
      }
    });
    define("call", statement -> {
      String program = statement.text(0);
      trace.logOutcome(List.of("call", program), () -> interpreter.runProgram(program));
    });
    define("cv_set", statement -> contextVariable(statement.text(0)).set(statement.value(1)));
    define("cv_get", statement -> {
      String name = statement.text(0);
      trace.log("cv", name, contextVariable(name).get());
    });
  }

  private void runTry(Statement statement, Frame frame) throws Exception {
    try {
      interpreter.runBlock(statement.block(0), frame);
    } catch (Exception e) {
      Handler handler = handlerOf(e, statement);
      if (handler == null) {
        throw e;
      }
      trace.log("caught", handler.getName(), Trace.encode(e));
      frame.caught.addLast(e);
      try {
        interpreter.runBlock(handler.getBlock(), frame);
      } finally {
        frame.caught.removeLast();
      }
    } finally {
      interpreter.runBlock(statement.block(2), frame);
    }
  }

  private static Handler handlerOf(Exception exception, Statement statement) {
    return statement.handlers(1).stream()
        .filter(handler -> catches(handler.getName(), exception))
        .findFirst()
        .orElse(null);
  }

  private ContextVar<Object> contextVariable(String name) {
    return contextVariables.computeIfAbsent(name, key -> new ContextVar<>(key, null));
  }
}
