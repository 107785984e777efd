package dev.tandem.javaapi;

/** The body of {@link Asyncio#taskGroup}: code that adds tasks to a group, and may await. */
@FunctionalInterface
public interface TaskGroupBody {
  /**
   * Runs the body.
   *
   * @param group takes the tasks
   * @throws Exception of any kind; it cancels the group's tasks and is part of the outcome
   */
  void run(TaskGroup group) throws Exception;
}
