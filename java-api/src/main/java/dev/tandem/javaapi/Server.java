package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.EventLoop;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/**
 * A listening server, made by {@link Streams#startServer} or {@link Streams#startUnixServer}; to be closed, or to be left
 * to {@link #serveForever}.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> {@code asyncio.Server}.
 */
public final class Server implements AutoCloseable {
  private final dev.tandem.streams.Server server;

  Server(dev.tandem.streams.Server server) {
    this.server = server;
  }

  /**
   * Returns the port that is listened on: the one the system chose, if it was asked to.
   *
   * @return the port
   * @throws IllegalStateException if the server listens on a Unix socket
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
   * Returns the sockets listened on.
   *
   * @return the sockets; none once the server is closed
   */
  public List<ServerSocketChannel> sockets() {
    return server.getSockets();
  }

  /**
   * Returns the loop that the server was started on.
   *
   * @return the loop; what the server's other loops serve is not seen there
   */
  public EventLoop loop() {
    return server.loop();
  }

  /**
   * Returns whether the server accepts connections.
   *
   * @return whether it does
   */
  public boolean isServing() {
    return server.isServing();
  }

  /**
   * Starts to accept connections, if the options left that to this call; a second call does nothing.
   *
   * @throws IllegalStateException if the server is closed
   */
  public void startServing() {
    server.startServing();
  }

  /**
   * Serves until the task is cancelled, by Ctrl-C for instance; then closes the server and waits, as {@link #waitClosed}
   * does, for connections that are still open. {@link #close} from elsewhere ends it likewise. A second cancellation, or
   * {@link #closeClients}, ends the wait.
   *
   * @return a coroutine; it ends cancelled
   */
  public Coroutine<Void> serveForever() {
    return SuspendingCall.withoutResult("serveForever", server::serveForever);
  }

  /**
   * Stops listening. Connections that are open stay so, and their handlers go on; the server's own loops end with the last
   * of them. The file of a Unix socket is deleted.
   */
  @Override
  public void close() {
    server.close();
  }

  /**
   * Closes all connections: what was written is sent, and reads find the end of the stream. Handlers are not cancelled.
   * After {@link #close}, lest new clients come in between.
   */
  public void closeClients() {
    server.closeClients();
  }

  /** Closes all connections at once; what was not sent is dropped. */
  public void abortClients() {
    server.abortClients();
  }

  /**
   * Waits until the server is closed <b>and</b> all of its connections are.
   *
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> waitClosed() {
    return SuspendingCall.withoutResult("waitClosed", server::waitClosed);
  }

  /**
   * Returns the Kotlin server, for code in Kotlin that shares it.
   *
   * @return what this is a face of
   */
  public dev.tandem.streams.Server asKotlin() {
    return server;
  }

  @Override
  public String toString() {
    return server.toString();
  }
}
