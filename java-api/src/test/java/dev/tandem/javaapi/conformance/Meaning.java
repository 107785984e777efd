package dev.tandem.javaapi.conformance;

import dev.tandem.conformance.Statement;

/** What a statement does in the program that reaches it. */
interface Meaning {
  void run(Statement statement, Frame frame) throws Exception;

  /** The meaning of a statement that needs no frame. */
  interface WithoutFrame {
    void run(Statement statement) throws Exception;
  }
}
