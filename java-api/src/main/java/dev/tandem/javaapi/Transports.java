package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.streams.BaseProtocol;
import dev.tandem.streams.CreateConnectionKt;
import dev.tandem.streams.CreateDatagramEndpointKt;
import dev.tandem.streams.CreateServerKt;
import dev.tandem.streams.DatagramProtocol;
import dev.tandem.streams.DatagramTransport;
import dev.tandem.streams.OpenDatagramEndpointKt;
import dev.tandem.streams.StartTlsKt;
import dev.tandem.streams.TlsOptions;
import dev.tandem.streams.Transport;
import dev.tandem.streams.TransportPair;
import dev.tandem.streams.internal.JavaConnectingKt;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * UDP, and asyncio's transports and protocols, to be imported statically. They need the module {@code
 * tandem-ktor-streams}.
 *
 * <p>A {@link dev.tandem.streams.Protocol} is told by callbacks what arrives, for whoever writes a protocol library;
 * {@link Streams} is for code that awaits. A callback runs on the loop's thread and must not await.
 */
public final class Transports {
  private Transports() {}

  /**
   * Connects to {@code port} of {@code host} and lets the protocol that {@code protocolFactory} makes talk to the peer.
   *
   * <p>The protocol's {@code connectionMade} has run when the coroutine is done. <b>Cancellation.</b> No socket stays
   * open. <b>Python.</b> {@code loop.create_connection}.
   *
   * <pre>{@code
   * var pair = await(createConnection(Greeting::new, "127.0.0.1", 8888), IOException.class);
   * await(pair.protocol().answer());
   * pair.transport().close();
   * }</pre>
   *
   * @param protocolFactory makes a protocol; called once, when the connection is there
   * @param host a name or an address
   * @param port the port
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited; it fails as {@link Streams#openConnection} does, or with what the factory threw
   */
  public static <P extends BaseProtocol> Coroutine<TransportPair<Transport, P>> createConnection(
      Supplier<? extends P> protocolFactory, String host, int port) {
    return createConnection(protocolFactory, host, port, new ConnectOptions());
  }

  /**
   * Connects with TLS; otherwise as the overload without. {@code connectionMade} comes after the handshake.
   *
   * @param protocolFactory makes a protocol
   * @param host a name or an address
   * @param port the port
   * @param ssl {@code new TlsOptions()} to trust whom the JVM trusts; a variable that is null stands for plain TCP
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited
   */
  public static <P extends BaseProtocol> Coroutine<TransportPair<Transport, P>> createConnection(
      Supplier<? extends P> protocolFactory, String host, int port, TlsOptions ssl) {
    return createConnection(protocolFactory, host, port, new ConnectOptions().withSsl(ssl));
  }

  /**
   * Connects as {@code options} say; otherwise as the overload without.
   *
   * @param protocolFactory makes a protocol
   * @param host a name or an address
   * @param port the port
   * @param options TLS, time limits, the local address; the limit of lines means nothing here
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited; it fails with a {@link java.net.SocketTimeoutException} if a time limit of
   *     {@code options} has passed
   */
  public static <P extends BaseProtocol> Coroutine<TransportPair<Transport, P>> createConnection(
      Supplier<? extends P> protocolFactory, String host, int port, ConnectOptions options) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(options, "options");
    return CoroutineKt.coroutine(
        "createConnection",
        k -> JavaConnectingKt.<P>createConnection(
            () -> made(protocolFactory),
            host,
            port,
            options.ssl,
            options.localAddress,
            options.connectTimeout,
            options.happyEyeballsDelay,
            k));
  }

  /**
   * Lets the protocol that {@code protocolFactory} makes talk to the peer that {@code socket} is connected to. {@link
   * Streams#openConnection(SocketChannel)} says what becomes of the socket.
   *
   * <p><b>Python.</b> {@code loop.create_connection(sock=...)}.
   *
   * @param protocolFactory makes a protocol
   * @param socket connected, and nobody else's
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited
   */
  public static <P extends BaseProtocol> Coroutine<TransportPair<Transport, P>> createConnection(
      Supplier<? extends P> protocolFactory, SocketChannel socket) {
    return createConnection(protocolFactory, socket, new ConnectOptions());
  }

  /**
   * Lets a protocol talk to the peer of {@code socket} as {@code options} say; otherwise as the overload without.
   *
   * @param protocolFactory makes a protocol
   * @param socket connected, and nobody else's
   * @param options TLS, for which {@link TlsOptions#withServerName} or {@link TlsOptions#withoutHostNameVerification} is
   *     needed; a local address is an error, and the rest means nothing here
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited
   */
  public static <P extends BaseProtocol> Coroutine<TransportPair<Transport, P>> createConnection(
      Supplier<? extends P> protocolFactory, SocketChannel socket, ConnectOptions options) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(socket, "socket");
    Objects.requireNonNull(options, "options");
    options.checkForSocket(socket);
    return CoroutineKt.coroutine(
        "createConnection",
        k -> CreateConnectionKt.<P>createConnection(
            () -> made(protocolFactory), socket, options.ssl, k));
  }

  /**
   * Lets a protocol talk to a peer that was accepted elsewhere, as {@link #createServer} does with those it accepts
   * itself.
   *
   * <p>The socket is the transport's from then on: it is closed with it, and if this fails. <b>Python.</b> {@code
   * loop.connect_accepted_socket}.
   *
   * @param protocolFactory makes a protocol
   * @param socket of a {@link ServerSocketChannel} that somebody else accepts from
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited; it fails with an {@link IllegalArgumentException} if the socket is closed or not
   *     connected, and leaves it as it was then
   */
  public static <P extends BaseProtocol>
      Coroutine<TransportPair<Transport, P>> connectAcceptedSocket(
          Supplier<? extends P> protocolFactory, SocketChannel socket) {
    return connectAcceptedSocket(protocolFactory, socket, null);
  }

  /**
   * Shakes hands as the server of TLS first; otherwise as the overload without.
   *
   * @param protocolFactory makes a protocol
   * @param socket of a {@link ServerSocketChannel} that somebody else accepts from
   * @param ssl the server's certificate and key; null for plain TCP
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited
   */
  public static <P extends BaseProtocol>
      Coroutine<TransportPair<Transport, P>> connectAcceptedSocket(
          Supplier<? extends P> protocolFactory, SocketChannel socket, TlsOptions ssl) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(socket, "socket");
    return CoroutineKt.coroutine(
        "connectAcceptedSocket",
        k -> CreateConnectionKt.<P>connectAcceptedSocket(
            () -> made(protocolFactory), socket, ssl, k));
  }

  /**
   * Connects to the Unix socket at {@code path}; otherwise as {@link #createConnection}.
   *
   * <p><b>Python.</b> {@code loop.create_unix_connection}.
   *
   * @param protocolFactory makes a protocol
   * @param path the socket's file
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited; it fails as {@link Streams#openUnixConnection} does
   */
  public static <P extends BaseProtocol>
      Coroutine<TransportPair<Transport, P>> createUnixConnection(
          Supplier<? extends P> protocolFactory, Path path) {
    return createUnixConnection(protocolFactory, path, new ConnectOptions());
  }

  /**
   * Connects to the Unix socket at {@code path} as {@code options} say; otherwise as the overload without.
   *
   * @param protocolFactory makes a protocol
   * @param path the socket's file
   * @param options with TLS, {@link TlsOptions#withServerName} or {@link TlsOptions#withoutHostNameVerification} is
   *     needed; a local address is an error
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited
   */
  public static <P extends BaseProtocol>
      Coroutine<TransportPair<Transport, P>> createUnixConnection(
          Supplier<? extends P> protocolFactory, Path path, ConnectOptions options) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(options, "options");
    options.checkForPath(path);
    return CoroutineKt.coroutine(
        "createUnixConnection",
        k -> JavaConnectingKt.<P>createUnixConnection(
            () -> made(protocolFactory), path, options.ssl, options.connectTimeout, k));
  }

  /**
   * Listens on {@code port} of {@code host} and lets a protocol of its own talk to each peer.
   *
   * <p>What the factory throws goes to the loop's exception handler; the server goes on. <b>Python.</b> {@code
   * loop.create_server}.
   *
   * @param protocolFactory makes a protocol; called for each connection
   * @param host a name or an address of this machine; empty or null listens on all of them
   * @param port 0 lets the system choose: {@link Server#port} tells
   * @return a coroutine, to be awaited; it fails with a {@link java.net.BindException} if the port is taken
   */
  public static Coroutine<Server> createServer(
      Supplier<? extends BaseProtocol> protocolFactory, String host, int port) {
    return createServer(protocolFactory, host, port, new ServerOptions());
  }

  /**
   * Listens with TLS; otherwise as the overload without.
   *
   * @param protocolFactory makes a protocol
   * @param host a name or an address of this machine; empty or null listens on all of them
   * @param port 0 lets the system choose
   * @param ssl the server's certificate and key; a variable that is null stands for plain TCP
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> createServer(
      Supplier<? extends BaseProtocol> protocolFactory, String host, int port, TlsOptions ssl) {
    return createServer(protocolFactory, host, port, new ServerOptions().withSsl(ssl));
  }

  /**
   * Listens as {@code options} say; otherwise as the overload without.
   *
   * <p>With {@link ServerOptions#withLoops}, the factory is called on the thread of the loop that serves the connection,
   * and the protocol never leaves it. What protocols share, and what the factory itself uses, must then be safe for
   * several threads.
   *
   * @param protocolFactory makes a protocol; called for each connection
   * @param host a name or an address of this machine; empty (or a variable that is null: the literal could be a list as
   *     well) listens on all of them, with one socket for IPv4 and IPv6
   * @param port 0 lets the system choose; several addresses of one name get the same port
   * @param options TLS, several loops, and more; the limit of lines means nothing here
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> createServer(
      Supplier<? extends BaseProtocol> protocolFactory,
      String host,
      int port,
      ServerOptions options) {
    return createTcpServer(protocolFactory, Collections.singletonList(host), port, options);
  }

  /**
   * Listens on {@code port} of each of {@code hosts}; otherwise as the overload with one.
   *
   * @param protocolFactory makes a protocol; called for each connection
   * @param hosts names or addresses of this machine
   * @param port 0 lets the system choose one that is free on all of them
   * @param options TLS, several loops, and more
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> createServer(
      Supplier<? extends BaseProtocol> protocolFactory,
      List<String> hosts,
      int port,
      ServerOptions options) {
    Objects.requireNonNull(hosts, "hosts");
    for (String host : hosts) {
      Objects.requireNonNull(host, "a host; an empty one stands for all addresses of this machine");
    }
    return createTcpServer(protocolFactory, List.copyOf(hosts), port, options);
  }

  /**
   * Listens on {@code socket}, which is bound already, and lets a protocol of its own talk to each peer. {@link
   * Streams#startServer(ServerSocketChannel, ConnectionHandler)} says what becomes of the socket.
   *
   * <p><b>Python.</b> {@code loop.create_server(sock=...)}.
   *
   * @param protocolFactory makes a protocol; called for each connection
   * @param socket bound to an address or to a Unix socket
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> createServer(
      Supplier<? extends BaseProtocol> protocolFactory, ServerSocketChannel socket) {
    return createServer(protocolFactory, socket, new ServerOptions());
  }

  /**
   * Listens on {@code socket} as {@code options} say; otherwise as the overload without.
   *
   * @param protocolFactory makes a protocol; with several loops, called on the thread of the connection's loop
   * @param socket bound to an address or to a Unix socket
   * @param options TLS, several loops, and more; those of binding a socket mean nothing here
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> createServer(
      Supplier<? extends BaseProtocol> protocolFactory,
      ServerSocketChannel socket,
      ServerOptions options) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(socket, "socket");
    Objects.requireNonNull(options, "options");
    return SuspendingCall.<dev.tandem.streams.Server, Server>coroutine(
        "createServer",
        k -> CreateServerKt.createServerOn(
            () -> made(protocolFactory), socket, options.settings(), k),
        Server::new);
  }

  /**
   * Listens on the Unix socket {@code path} and lets a protocol of its own talk to each peer.
   *
   * <p>What becomes of the socket's file is as with {@link Streams#startUnixServer}. <b>Python.</b> {@code
   * loop.create_unix_server}.
   *
   * @param protocolFactory makes a protocol; called for each connection
   * @param path of a hundred bytes or so at most
   * @return a coroutine, to be awaited; it fails with a {@link java.net.BindException} if the path is taken
   */
  public static Coroutine<Server> createUnixServer(
      Supplier<? extends BaseProtocol> protocolFactory, Path path) {
    return createUnixServer(protocolFactory, path, new ServerOptions());
  }

  /**
   * Listens as {@code options} say; otherwise as the overload without.
   *
   * @param protocolFactory makes a protocol; with several loops, called on the thread of the connection's loop
   * @param path of a hundred bytes or so at most
   * @param options TLS, permissions, several loops, and more; those of TCP mean nothing here
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> createUnixServer(
      Supplier<? extends BaseProtocol> protocolFactory, Path path, ServerOptions options) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(options, "options");
    return SuspendingCall.<dev.tandem.streams.Server, Server>coroutine(
        "createUnixServer",
        k -> CreateServerKt.createServerOnFile(
            () -> made(protocolFactory),
            path,
            options.permissions(),
            options.cleanupSocket(),
            options.settings(),
            k),
        Server::new);
  }

  /**
   * Turns the open connection of {@code transport} into a TLS one, as protocols do after a command such as {@code
   * STARTTLS}; the side that accepted the connection is TLS's server.
   *
   * <p>{@code protocol} is called from now on; its {@code connectionMade} is not, its {@code connectionLost} is, whether
   * or not the handshake succeeds. A callback that creates a task for this must call {@link Transport#pauseReading} before
   * it tells the peer to begin. To write during the handshake is an error. A failure, or a cancellation, closes the
   * connection. <b>Python.</b> {@code loop.start_tls}.
   *
   * @param transport of {@link #createConnection} or {@link #createServer}
   * @param protocol who takes over; the same as before, perhaps
   * @param options whom to trust, who to be
   * @return a coroutine, to be awaited: {@code transport}, which goes on; it fails as that of {@link
   *     Streams#openConnection} does
   */
  public static Coroutine<Transport> startTls(
      Transport transport, BaseProtocol protocol, TlsOptions options) {
    return startTls(transport, protocol, options, null);
  }

  /**
   * Turns the open connection into a TLS one; otherwise as the overload without a name.
   *
   * @param transport of {@link #createConnection} or {@link #createServer}
   * @param protocol who takes over
   * @param options whom to trust, who to be
   * @param serverName client: the name to verify; null for that of the options, or the host that was connected to
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Transport> startTls(
      Transport transport, BaseProtocol protocol, TlsOptions options, String serverName) {
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(options, "options");
    return CoroutineKt.coroutine(
        "startTls", k -> StartTlsKt.startTls(transport, protocol, options, serverName, null, k));
  }

  /**
   * Opens a UDP socket for the protocol that {@code protocolFactory} makes.
   *
   * <p><b>Python.</b> {@code loop.create_datagram_endpoint}.
   *
   * @param protocolFactory makes a protocol; called once
   * @param options where to receive, and whom to talk to
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited; it fails as {@link #openDatagramEndpoint} does
   */
  public static <P extends DatagramProtocol>
      Coroutine<TransportPair<DatagramTransport, P>> createDatagramEndpoint(
          Supplier<? extends P> protocolFactory, DatagramOptions options) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(options, "options");
    return CoroutineKt.coroutine(
        "createDatagramEndpoint",
        k -> CreateDatagramEndpointKt.<P>createDatagramEndpoint(
            () -> made(protocolFactory),
            options.localAddress,
            options.remoteAddress,
            options.reusePort,
            options.broadcast,
            options.family,
            k));
  }

  /**
   * Has {@code socket} used by the protocol that {@code protocolFactory} makes. {@link
   * #openDatagramEndpoint(DatagramChannel)} says what becomes of the socket.
   *
   * <p><b>Python.</b> {@code loop.create_datagram_endpoint(sock=...)}.
   *
   * @param protocolFactory makes a protocol; called once
   * @param socket nobody else's
   * @param <P> the protocol's type
   * @return a coroutine, to be awaited
   */
  public static <P extends DatagramProtocol>
      Coroutine<TransportPair<DatagramTransport, P>> createDatagramEndpoint(
          Supplier<? extends P> protocolFactory, DatagramChannel socket) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(socket, "socket");
    return CoroutineKt.coroutine(
        "createDatagramEndpoint",
        k -> CreateDatagramEndpointKt.<P>createDatagramEndpoint(
            () -> made(protocolFactory), socket, k));
  }

  /**
   * Opens a UDP socket that receives at {@code localAddress} and sends to anybody.
   *
   * <pre>{@code
   * try (var endpoint = await(openDatagramEndpoint(new InetSocketAddress("127.0.0.1", 5353)))) {
   *   var question = await(endpoint.receive());
   *   await(endpoint.send(answer(question.data()), question.address()));
   * }
   * }</pre>
   *
   * @param localAddress an address of this machine; null, or port 0, lets the system choose
   * @return a coroutine, to be awaited; it fails with a {@link java.net.BindException} if the address is taken or not
   *     this machine's
   */
  public static Coroutine<DatagramEndpoint> openDatagramEndpoint(InetSocketAddress localAddress) {
    return openDatagramEndpoint(new DatagramOptions().withLocalAddress(localAddress));
  }

  /**
   * Opens a UDP socket as {@code options} say. An address that is only a name yet ({@link
   * InetSocketAddress#createUnresolved}) is looked up on a thread of the loop's pool.
   *
   * @param options where to receive, and whom to talk to
   * @return a coroutine, to be awaited; it fails with a {@link java.net.UnknownHostException} if a name is not known
   */
  public static Coroutine<DatagramEndpoint> openDatagramEndpoint(DatagramOptions options) {
    Objects.requireNonNull(options, "options");
    return SuspendingCall.<dev.tandem.streams.DatagramEndpoint, DatagramEndpoint>coroutine(
        "openDatagramEndpoint",
        k -> OpenDatagramEndpointKt.openDatagramEndpoint(
            options.localAddress,
            options.remoteAddress,
            options.reusePort,
            options.broadcast,
            options.family,
            k),
        DatagramEndpoint::new);
  }

  /**
   * Makes an endpoint of {@code socket}, with the options that it was given; one that is not bound gets a port that the
   * system chooses.
   *
   * <p>The socket is the endpoint's from then on: it is put into non-blocking mode, closed with the endpoint, and closed if
   * this fails. {@link DatagramEndpoint#leave} knows no group that was joined before.
   *
   * @param socket nobody else's
   * @return a coroutine, to be awaited; it fails with an {@link IllegalArgumentException} if the socket is closed
   */
  public static Coroutine<DatagramEndpoint> openDatagramEndpoint(DatagramChannel socket) {
    Objects.requireNonNull(socket, "socket");
    return SuspendingCall.<dev.tandem.streams.DatagramEndpoint, DatagramEndpoint>coroutine(
        "openDatagramEndpoint",
        k -> OpenDatagramEndpointKt.openDatagramEndpoint(socket, k),
        DatagramEndpoint::new);
  }

  private static <P> P made(Supplier<? extends P> protocolFactory) {
    return Objects.requireNonNull(protocolFactory.get(), "protocolFactory has returned null");
  }

  private static Coroutine<Server> createTcpServer(
      Supplier<? extends BaseProtocol> protocolFactory,
      List<String> hosts,
      int port,
      ServerOptions options) {
    Objects.requireNonNull(protocolFactory, "protocolFactory");
    Objects.requireNonNull(options, "options");
    return SuspendingCall.<dev.tandem.streams.Server, Server>coroutine(
        "createServer",
        k -> CreateServerKt.createTcpServer(
            () -> made(protocolFactory),
            hosts,
            port,
            options.reuseAddress(),
            options.reusePort(),
            options.settings(),
            k),
        Server::new);
  }
}
