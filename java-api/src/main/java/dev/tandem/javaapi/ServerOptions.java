package dev.tandem.javaapi;

import dev.tandem.javaapi.internal.CarrierKind;
import dev.tandem.streams.TlsOptions;
import dev.tandem.streams.internal.ServerSettings;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * How a server listens and serves, for {@link Streams#startServer}, {@link Transports#createServer} and their like for Unix
 * sockets. Options are never changed: each {@code with...} returns a copy.
 *
 * <p><b>Threading.</b> Any thread. <b>Python.</b> The keyword arguments of {@code asyncio.start_server}.
 *
 * <pre>{@code
 * var options = new ServerOptions().withSsl(TlsOptions.identifiedBy(key, certificate)).withLoops(4);
 * var server = await(startServer("localhost", 8443, options, Chat::serve));
 * }</pre>
 */
public final class ServerOptions {
  private static final int DEFAULT_LIMIT = 64 * 1024;
  private static final int DEFAULT_BACKLOG = 100;

  // Set in the constructor and in copies that nobody has seen yet.
  private TlsOptions ssl;
  private int limit = DEFAULT_LIMIT;
  private int backlog = DEFAULT_BACKLOG;
  private boolean reuseAddress = true;
  private boolean reusePort;
  private boolean keepAlive;
  private boolean startServing = true;
  private int loops = 1;
  private Set<PosixFilePermission> permissions;
  private boolean cleanupSocket = true;

  /** Plain connections on one loop, and what else asyncio takes by default. */
  public ServerOptions() {}

  private ServerOptions(ServerOptions other) {
    ssl = other.ssl;
    limit = other.limit;
    backlog = other.backlog;
    reuseAddress = other.reuseAddress;
    reusePort = other.reusePort;
    keepAlive = other.keepAlive;
    startServing = other.startServing;
    loops = other.loops;
    permissions = other.permissions;
    cleanupSocket = other.cleanupSocket;
  }

  /**
   * The server's certificate and key.
   *
   * @param ssl null for connections without TLS
   * @return a copy
   */
  public ServerOptions withSsl(TlsOptions ssl) {
    var copy = new ServerOptions(this);
    copy.ssl = ssl;
    return copy;
  }

  /**
   * How many bytes {@code readLine} and {@code readUntil} search for the separator; 64 KiB at first.
   *
   * @param limit a positive number of bytes
   * @return a copy
   */
  public ServerOptions withLimit(int limit) {
    var copy = new ServerOptions(this);
    copy.limit = checkPositive(limit, "The limit of a stream");
    return copy;
  }

  /**
   * How many connections the system keeps for a server that is busy; 100 at first.
   *
   * @param backlog a positive number
   * @return a copy
   */
  public ServerOptions withBacklog(int backlog) {
    var copy = new ServerOptions(this);
    copy.backlog = checkPositive(backlog, "The backlog of a server");
    return copy;
  }

  /**
   * Whether to take a port on which old connections are still dying ({@code SO_REUSEADDR}); so at first.
   *
   * @param reuseAddress whether to take it
   * @return a copy
   */
  public ServerOptions withReuseAddress(boolean reuseAddress) {
    var copy = new ServerOptions(this);
    copy.reuseAddress = reuseAddress;
    return copy;
  }

  /**
   * Whether to share the port with other sockets that ask for the same ({@code SO_REUSEPORT}). Where the system lacks that,
   * the start fails with an {@link UnsupportedOperationException}.
   *
   * @param reusePort whether to share it
   * @return a copy
   */
  public ServerOptions withReusePort(boolean reusePort) {
    var copy = new ServerOptions(this);
    copy.reusePort = reusePort;
    return copy;
  }

  /**
   * Whether the system probes idle connections ({@code SO_KEEPALIVE}).
   *
   * @param keepAlive whether to probe them
   * @return a copy
   */
  public ServerOptions withKeepAlive(boolean keepAlive) {
    var copy = new ServerOptions(this);
    copy.keepAlive = keepAlive;
    return copy;
  }

  /**
   * Whether to accept connections at once, or only from {@link Server#startServing} or {@link Server#serveForever} on.
   *
   * @param startServing whether at once; so at first
   * @return a copy
   */
  public ServerOptions withStartServing(boolean startServing) {
    var copy = new ServerOptions(this);
    copy.startServing = startServing;
    return copy;
  }

  /**
   * Over how many loops the connections are spread: the one that starts the server, and others with a thread each, of the
   * kind that the tasks' carriers ask for. A connection lives on one of them. What handlers share must then be safe for
   * several threads.
   *
   * @param loops how many, with the first; 1 at first
   * @return a copy
   */
  public ServerOptions withLoops(int loops) {
    var copy = new ServerOptions(this);
    copy.loops = checkPositive(loops, "The number of a server's loops");
    return copy;
  }

  /**
   * Unix sockets: who may connect, from the first moment on.
   *
   * @param permissions of the socket's file; null leaves them to the process's umask
   * @return a copy
   */
  public ServerOptions withPermissions(Set<PosixFilePermission> permissions) {
    var copy = new ServerOptions(this);
    copy.permissions = permissions == null ? null : Set.copyOf(permissions);
    return copy;
  }

  /**
   * Unix sockets: whether the server deletes the file when it is closed; so at first.
   *
   * @param cleanupSocket whether to delete it
   * @return a copy
   */
  public ServerOptions withCleanupSocket(boolean cleanupSocket) {
    var copy = new ServerOptions(this);
    copy.cleanupSocket = cleanupSocket;
    return copy;
  }

  @Override
  public String toString() {
    return "ServerOptions(" + (ssl == null ? "no TLS" : ssl) + ", loops " + loops + ")";
  }

  ServerSettings settings() {
    return new ServerSettings(
        ssl,
        limit,
        backlog,
        keepAlive,
        startServing,
        loops,
        CarrierKind.chosen().loopThreads());
  }

  boolean reuseAddress() {
    return reuseAddress;
  }

  boolean reusePort() {
    return reusePort;
  }

  Set<PosixFilePermission> permissions() {
    return permissions;
  }

  boolean cleanupSocket() {
    return cleanupSocket;
  }

  private static int checkPositive(int value, String what) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " must be positive, not " + value + ".");
    }
    return value;
  }
}
