package dev.tandem.javaapi.conformance;

import dev.tandem.EventLoop;

/** The statements that use one part of the library. */
abstract class Statements {
  final Interpreter interpreter;
  final EventLoop loop;
  final Trace trace;

  Statements(Interpreter interpreter) {
    this.interpreter = interpreter;
    loop = interpreter.loop;
    trace = interpreter.trace;
  }

  /** Tells the interpreter what they mean. */
  abstract void defineAll();

  final void define(String operation, Meaning meaning) {
    interpreter.define(operation, meaning);
  }

  final void define(String operation, Meaning.WithoutFrame meaning) {
    interpreter.define(operation, (statement, frame) -> meaning.run(statement));
  }
}
