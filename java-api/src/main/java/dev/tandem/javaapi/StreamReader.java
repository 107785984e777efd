package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The receiving end of a stream.
 *
 * <p>Each read is a coroutine, to be awaited. It consumes what it returns and nothing else: a cancelled one loses no
 * byte. One task at a time may read.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> {@code asyncio.StreamReader}. Differs from asyncio: the end of
 * the stream is noticed by the read that meets it.
 */
public final class StreamReader {
  private final dev.tandem.streams.StreamReader reader;

  StreamReader(dev.tandem.streams.StreamReader reader) {
    this.reader = reader;
  }

  /**
   * Waits for at least one byte and returns at most {@code n}; no byte means the end of the stream.
   *
   * @param n how many at most
   * @return a coroutine; it fails with a {@link dev.tandem.streams.ConnectionResetException} if the connection was lost
   */
  public Coroutine<byte[]> read(int n) {
    return CoroutineKt.coroutine("read", k -> reader.read(n, k));
  }

  /**
   * Waits for the end of the stream and returns all that comes before.
   *
   * @return a coroutine; it fails with a {@link dev.tandem.streams.ConnectionResetException} if the connection was lost
   */
  public Coroutine<byte[]> read() {
    return CoroutineKt.coroutine("read", k -> reader.read(k));
  }

  /**
   * Waits for exactly {@code n} bytes and returns them.
   *
   * @param n how many
   * @return a coroutine; it fails with an {@link dev.tandem.streams.IncompleteReadException} if the stream ended before
   */
  public Coroutine<byte[]> readExactly(int n) {
    return CoroutineKt.coroutine("readExactly", k -> reader.readExactly(n, k));
  }

  /**
   * Waits for a line and returns it with its {@code \n}; at the end of the stream, what is left.
   *
   * @return a coroutine; it fails with a {@link dev.tandem.streams.LimitOverrunException} if the line is longer than
   *     {@link #limit}
   */
  public Coroutine<byte[]> readLine() {
    return CoroutineKt.coroutine("readLine", k -> reader.readLine(k));
  }

  /**
   * Waits for {@code separator} and returns what comes before it, followed by the separator itself.
   *
   * @param separator at least one byte
   * @return a coroutine; it fails with a {@link dev.tandem.streams.LimitOverrunException} if more than {@link #limit}
   *     bytes come before, and with an {@link dev.tandem.streams.IncompleteReadException} if the stream ends before
   */
  public Coroutine<byte[]> readUntil(byte[] separator) {
    Objects.requireNonNull(separator, "separator");
    return CoroutineKt.coroutine("readUntil", k -> reader.readUntil(separator, k));
  }

  /**
   * Waits for one of {@code separators} and returns what comes before it, followed by the separator itself. The one that
   * ends first counts, whatever their order.
   *
   * @param separators at least one, each of at least one byte
   * @return a coroutine; it fails as that of the overload with one separator
   */
  public Coroutine<byte[]> readUntil(byte[]... separators) {
    for (byte[] separator : separators) {
      Objects.requireNonNull(separator, "separator");
    }
    return CoroutineKt.coroutine("readUntil", k -> reader.readUntil(separators, k));
  }

  /**
   * Waits for at least one byte and puts as many as there are and fit into {@code target}; a direct buffer saves a copy.
   *
   * @param target where the bytes go
   * @return a coroutine for the number of bytes, -1 at the end of the stream; it fails with a {@link
   *     dev.tandem.streams.ConnectionResetException} if the connection was lost
   */
  public Coroutine<Integer> readInto(ByteBuffer target) {
    Objects.requireNonNull(target, "target");
    return CoroutineKt.coroutine("readInto", k -> reader.readInto(target, k));
  }

  /**
   * Waits for at least one byte and puts as many as there are and fit into {@code target}.
   *
   * @param target where the bytes go
   * @return a coroutine for the number of bytes, -1 at the end of the stream
   */
  public Coroutine<Integer> readInto(byte[] target) {
    Objects.requireNonNull(target, "target");
    return readInto(target, 0, target.length);
  }

  /**
   * Puts the bytes into a part of {@code target}; otherwise as the overload without.
   *
   * @param target where the bytes go
   * @param offset the index of the first
   * @param length how many at most
   * @return a coroutine for the number of bytes, -1 at the end of the stream
   */
  public Coroutine<Integer> readInto(byte[] target, int offset, int length) {
    Objects.requireNonNull(target, "target");
    Objects.checkFromIndexSize(offset, length, target.length);
    return CoroutineKt.coroutine("readInto", k -> reader.readInto(target, offset, length, k));
  }

  /**
   * Returns what a for-each loop in a task iterates over to get the lines that are still to come, each as {@link
   * #readLine} returns it, until the end of the stream. It throws what {@link #readLine} fails with.
   *
   * <pre>{@code
   * for (byte[] line : reader.lines()) {
   *   System.out.print(new String(line));
   * }
   * }</pre>
   *
   * <p><b>Python.</b> {@code async for line in reader}.
   *
   * @return what to iterate over, once; it needs no closing
   */
  public AsyncIterable<byte[]> lines() {
    return new AsyncIterable<>(reader.lines());
  }

  /**
   * Returns the lines that are still to come, and declares an exception that iterating over them may throw, so that Java
   * lets it be caught: as {@code await(awaitable, declared)}.
   *
   * <pre>{@code
   * try {
   *   for (byte[] line : reader.lines(IOException.class)) {
   *     System.out.print(new String(line));
   *   }
   * } catch (ConnectionResetException e) {
   *   System.out.println("lost");
   * }
   * }</pre>
   *
   * @param declared the exception to be caught, or a superclass of it
   * @param <X> its type
   * @return what to iterate over, once
   * @throws X while it is iterated over, not here
   */
  public <X extends Exception> AsyncIterable<byte[]> lines(Class<X> declared) throws X {
    Objects.requireNonNull(declared, "declared");
    return lines();
  }

  /**
   * Returns whether everything was read and a read has met the end of the stream.
   *
   * @return whether nothing can come any more
   */
  public boolean atEof() {
    return reader.atEof();
  }

  /**
   * Returns how many bytes {@link #readLine} and {@link #readUntil} search for the separator.
   *
   * @return the limit
   */
  public int limit() {
    return reader.getLimit();
  }

  /**
   * Returns the Kotlin reader, for code in Kotlin that shares it.
   *
   * @return what this is a face of
   */
  public dev.tandem.streams.StreamReader asKotlin() {
    return reader;
  }

  @Override
  public String toString() {
    return reader.toString();
  }
}
