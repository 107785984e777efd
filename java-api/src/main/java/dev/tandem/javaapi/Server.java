package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import java.net.SocketAddress;
import java.util.List;

/**
 * A listening server, made by {@link Streams#startServer}; to be closed, or to be left to {@link #serveForever}.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> {@code asyncio.Server}.
 */
public final class Server implements AutoCloseable {
  private final dev.tandem.streams.Server server;

  Server(dev.tandem.streams.Server server) {
    this.server = server;
  }

  /**
   * Returns the port of the first address: the one the system chose, if it was asked to.
   *
   * @return the port
   */
  public int port() {
    return server.getPort();
  }

  /**
   * Returns the addresses listened on, also of a server that was closed.
   *
   * @return the addresses
   */
  public List<SocketAddress> localAddresses() {
    return server.getLocalAddresses();
  }

  /**
   * Returns whether the server accepts connections.
   *
   * @return whether it is open
   */
  public boolean isServing() {
    return server.isServing();
  }

  /**
   * Waits until the task is cancelled, then closes the server and waits until its connections are gone.
   *
   * @return a coroutine; it ends cancelled
   */
  public Coroutine<Void> serveForever() {
    return SuspendingCall.withoutResult("serveForever", server::serveForever);
  }

  /** Stops listening. Connections that are open stay so, and their handlers go on. */
  @Override
  public void close() {
    server.close();
  }

  /**
   * Waits until the server is closed <b>and</b> all of its connections are.
   *
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> waitClosed() {
    return SuspendingCall.withoutResult("waitClosed", server::waitClosed);
  }

  @Override
  public String toString() {
    return server.toString();
  }
}
