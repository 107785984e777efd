package dev.tandem.javaapi;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the runtime logs while this is open; it is not printed then. */
final class CapturedLog extends Handler {
  private static final Logger LOGGER = Logger.getLogger("dev.tandem");

  private final List<String> messages = new CopyOnWriteArrayList<>();

  CapturedLog() {
    LOGGER.addHandler(this);
    LOGGER.setUseParentHandlers(false);
  }

  /** What was logged so far. Any thread. */
  List<String> messages() {
    return messages;
  }

  @Override
  public void publish(LogRecord entry) {
    messages.add(entry.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LOGGER.setUseParentHandlers(true);
    LOGGER.removeHandler(this);
  }
}
