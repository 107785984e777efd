package dev.tandem.javaapi.conformance;

import dev.tandem.javaapi.TaskGroup;
import dev.tandem.javaapi.Timeout;
import java.util.ArrayDeque;
import java.util.Deque;

/** What one run of a program keeps for itself: its open timeouts and groups, and the exceptions it is handling. */
final class Frame {
  final Deque<Timeout> timeouts = new ArrayDeque<>();
  final Deque<TaskGroup> groups = new ArrayDeque<>();
  final Deque<Exception> caught = new ArrayDeque<>();
}
