package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.toThread;

import dev.tandem.ContextVar;
import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Blocking work belongs on another thread: {@code toThread} runs it there, and the loop goes on. */
public final class ToThread {
  private static final ContextVar<String> USER = new ContextVar<>("user");
  private static final BlockingQueue<String> LETTERS = new LinkedBlockingQueue<>();

  private ToThread() {}

  static void example() {
    USER.set("ada"); // the thread sees the caller's context
    String letter =
        await(gather(toThread(ToThread::readLetter), writeLetter(), (read, written) -> read));
    System.out.println(letter);

    var thread = await(toThread(Thread::currentThread));
    System.out.println(thread == Thread.currentThread() ? "same thread" : "another thread");

    try {
      await(toThread(ToThread::fail));
    } catch (IllegalStateException e) {
      System.out.println("failed: " + e.getMessage());
    }
  }

  private static String readLetter() throws InterruptedException {
    String text = LETTERS.take(); // blocks its thread until there is one
    return USER.get() + " reads " + text;
  }

  private static Coroutine<Void> writeLetter() {
    return async(() -> {
      System.out.println("the loop goes on");
      LETTERS.put("dear loop");
    });
  }

  private static void fail() {
    throw new IllegalStateException("the pen is broken");
  }

  public static void main(String[] args) {
    Asyncio.run(ToThread::example);
  }
}
