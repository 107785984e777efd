package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.internal.JavaBody;
import dev.tandem.streams.OpenConnectionKt;
import dev.tandem.streams.TlsOptions;
import dev.tandem.streams.internal.JavaConnectingKt;
import dev.tandem.streams.internal.ServerSettingsKt;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function3;

/**
 * asyncio's functions for network streams, to be imported statically. They need the module {@code tandem-ktor-streams}.
 */
public final class Streams {
  private Streams() {}

  /**
   * Connects to {@code port} of {@code host}.
   *
   * <p><b>Cancellation.</b> No socket stays open. <b>Python.</b> {@code asyncio.open_connection}.
   *
   * <pre>{@code
   * try (var connection = await(openConnection("example.org", 80), IOException.class)) {
   *   connection.writer().write("HEAD / HTTP/1.0\r\nHost: example.org\r\n\r\n".getBytes());
   *   System.out.println(new String(await(connection.reader().readLine())));
   * }
   * }</pre>
   *
   * @param host a name or an address
   * @param port the port
   * @return a coroutine, to be awaited; it fails with a {@link java.net.UnknownHostException} if {@code host} is not
   *     known, and with a {@link java.net.ConnectException} if no address of it could be connected to
   */
  public static Coroutine<Connection> openConnection(String host, int port) {
    return openConnection(host, port, new ConnectOptions());
  }

  /**
   * Connects with TLS; otherwise as the overload without. The connection is the verified peer's or none at all.
   *
   * @param host a name or an address
   * @param port the port
   * @param ssl {@code new TlsOptions()} to trust whom the JVM trusts; a variable that is null stands for plain TCP, the
   *     literal could be other options as well: leave it out
   * @return a coroutine, to be awaited; what is wrong with the peer's certificate fails it with a {@link
   *     dev.tandem.streams.CertificateVerificationException}
   */
  public static Coroutine<Connection> openConnection(String host, int port, TlsOptions ssl) {
    return openConnection(host, port, new ConnectOptions().withSsl(ssl));
  }

  /**
   * Connects as {@code options} say; otherwise as the overload without.
   *
   * <p>Of several addresses the first that accepts is taken: IPv6 and IPv4 take turns, and an address that does not
   * answer soon gets company by the next.
   *
   * @param host a name or an address
   * @param port the port
   * @param options TLS, time limits, the local address
   * @return a coroutine, to be awaited; it fails with a {@link java.net.SocketTimeoutException} if a time limit of
   *     {@code options} has passed
   */
  public static Coroutine<Connection> openConnection(
      String host, int port, ConnectOptions options) {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(options, "options");
    return SuspendingCall.<dev.tandem.streams.Connection, Connection>coroutine(
        "openConnection",
        k -> JavaConnectingKt.openConnection(
            host,
            port,
            options.ssl,
            options.limit,
            options.localAddress,
            options.connectTimeout,
            options.happyEyeballsDelay,
            k),
        Connection::new);
  }

  /**
   * Makes a stream of {@code socket}, which is connected to a TCP or a Unix socket, or was accepted.
   *
   * <p>The socket is the stream's from then on: it is put into non-blocking mode, closed with the stream, and closed if
   * this fails; nobody else may use it. A {@link java.net.Socket} can be given as its {@link java.net.Socket#getChannel},
   * if it was made by a {@link SocketChannel}; others have none. <b>Cancellation.</b> Closes the socket. <b>Python.</b>
   * {@code asyncio.open_connection(sock=...)}.
   *
   * <pre>{@code
   * try (var connection = await(openConnection(listening.accept()))) {
   *   connection.writer().write(await(connection.reader().readLine()));
   * }
   * }</pre>
   *
   * @param socket connected, and nobody else's
   * @return a coroutine, to be awaited; it fails with an {@link IllegalArgumentException} if the socket is closed or not
   *     connected, and leaves it as it was then
   */
  public static Coroutine<Connection> openConnection(SocketChannel socket) {
    return openConnection(socket, new ConnectOptions());
  }

  /**
   * Makes a stream of {@code socket} as {@code options} say; otherwise as the overload without. To be the server's side of
   * TLS over a socket that was accepted, call {@link StreamWriter#startTls(TlsOptions, String, boolean)} afterwards.
   *
   * @param socket connected, and nobody else's
   * @param options the limit of lines, and TLS, for which {@link TlsOptions#withServerName} or {@link
   *     TlsOptions#withoutHostNameVerification} is needed; a local address is an error, and times mean nothing
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Connection> openConnection(SocketChannel socket, ConnectOptions options) {
    Objects.requireNonNull(socket, "socket");
    Objects.requireNonNull(options, "options");
    options.checkForSocket(socket);
    return SuspendingCall.<dev.tandem.streams.Connection, Connection>coroutine(
        "openConnection",
        k -> OpenConnectionKt.openConnection(socket, options.ssl, options.limit, k),
        Connection::new);
  }

  /**
   * Connects to the Unix socket {@code path}, whose server runs on this machine.
   *
   * <p><b>Cancellation.</b> No socket stays open. <b>Python.</b> {@code asyncio.open_unix_connection}.
   *
   * @param path of 100 bytes or so at most: systems allow no more
   * @return a coroutine, to be awaited; it fails with a {@link java.nio.file.NoSuchFileException} if there is no such
   *     file, with a {@link java.nio.file.AccessDeniedException} if this process may not write to it, and with a {@link
   *     java.net.ConnectException} if nobody listens on it
   */
  public static Coroutine<Connection> openUnixConnection(Path path) {
    return openUnixConnection(path, new ConnectOptions());
  }

  /**
   * Connects to the Unix socket {@code path} as {@code options} say; otherwise as the overload without.
   *
   * @param path of 100 bytes or so at most
   * @param options with TLS, {@link TlsOptions#withServerName} or {@link TlsOptions#withoutHostNameVerification} is
   *     needed; a local address is an error
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Connection> openUnixConnection(Path path, ConnectOptions options) {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(options, "options");
    options.checkForPath(path);
    return SuspendingCall.<dev.tandem.streams.Connection, Connection>coroutine(
        "openUnixConnection",
        k -> JavaConnectingKt.openUnixConnection(
            path, options.ssl, options.limit, options.connectTimeout, k),
        Connection::new);
  }

  /**
   * Listens on {@code port} of {@code host} and runs {@code handler} for each connection, as a task of its own.
   *
   * <p>The connection is closed when its handler returns. <b>Python.</b> {@code asyncio.start_server}.
   *
   * <pre>{@code
   * try (var server = await(startServer("localhost", 8888, (reader, writer) -> {
   *   for (byte[] line = await(reader.readLine()); line.length > 0; line = await(reader.readLine())) {
   *     writer.write(line);
   *     await(writer.drain());
   *   }
   * }))) {
   *   await(server.serveForever());
   * }
   * }</pre>
   *
   * @param host a name or an address of this machine; empty or null listens on all of them
   * @param port 0 lets the system choose: {@link Server#port} tells
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited; it fails with a {@link java.net.BindException} if the port is taken
   */
  public static Coroutine<Server> startServer(String host, int port, ConnectionHandler handler) {
    return startServer(host, port, new ServerOptions(), handler);
  }

  /**
   * Listens with TLS; otherwise as the overload without.
   *
   * @param host a name or an address of this machine; empty or null listens on all of them
   * @param port 0 lets the system choose
   * @param ssl the server's certificate and key; a variable that is null stands for plain TCP
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> startServer(
      String host, int port, TlsOptions ssl, ConnectionHandler handler) {
    return startServer(host, port, new ServerOptions().withSsl(ssl), handler);
  }

  /**
   * Listens as {@code options} say; otherwise as the overload without.
   *
   * @param host a name or an address of this machine; empty (or a variable that is null: the literal could be a list as
   *     well) listens on all of them, with one socket for IPv4 and IPv6
   * @param port 0 lets the system choose; several addresses of one name get the same port
   * @param options TLS, limits, several loops, and more
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> startServer(
      String host, int port, ServerOptions options, ConnectionHandler handler) {
    return startTcpServer(Collections.singletonList(host), port, options, handler);
  }

  /**
   * Listens on {@code port} of each of {@code hosts}; otherwise as the overload with one.
   *
   * @param hosts names or addresses of this machine
   * @param port 0 lets the system choose one that is free on all of them
   * @param options TLS, limits, several loops, and more
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> startServer(
      List<String> hosts, int port, ServerOptions options, ConnectionHandler handler) {
    Objects.requireNonNull(hosts, "hosts");
    for (String host : hosts) {
      Objects.requireNonNull(host, "a host; an empty one stands for all addresses of this machine");
    }
    return startTcpServer(List.copyOf(hosts), port, options, handler);
  }

  /**
   * Listens on {@code socket}, which is bound already, by who knows more about it: a supervisor that hands its sockets on.
   *
   * <p>The socket is the server's from then on: it is put into non-blocking mode, closed with the server, and closed if
   * this fails. The file of a Unix socket is not deleted. <b>Python.</b> {@code asyncio.start_server(sock=...)}.
   *
   * <pre>{@code
   * var socket = (ServerSocketChannel) System.inheritedChannel(); // what inetd has bound
   * await(await(startServer(socket, App::serve)).serveForever());
   * }</pre>
   *
   * @param socket bound to an address or to a Unix socket
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited; it fails with an {@link IllegalArgumentException} if the socket is closed or not
   *     bound, and leaves it as it was then
   */
  public static Coroutine<Server> startServer(
      ServerSocketChannel socket, ConnectionHandler handler) {
    return startServer(socket, new ServerOptions(), handler);
  }

  /**
   * Listens on {@code socket} as {@code options} say; otherwise as the overload without.
   *
   * @param socket bound to an address or to a Unix socket
   * @param options TLS, limits, several loops, and more; those of binding a socket mean nothing here
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> startServer(
      ServerSocketChannel socket, ServerOptions options, ConnectionHandler handler) {
    Objects.requireNonNull(socket, "socket");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(handler, "handler");
    return SuspendingCall.<dev.tandem.streams.Server, Server>coroutine(
        "startServer",
        k -> ServerSettingsKt.startServerOn(socket, options.settings(), serving(handler), k),
        Server::new);
  }

  /**
   * Listens on the Unix socket {@code path} and runs {@code handler} for each connection.
   *
   * <p>The socket is a file, which is deleted when the server is closed. One that a server has left behind is replaced;
   * one that somebody listens on, and a file that is no socket, are left alone and are an error. <b>Python.</b> {@code
   * asyncio.start_unix_server}.
   *
   * @param path of a hundred bytes or so at most
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited; it fails with a {@link java.net.BindException} if the path is taken
   */
  public static Coroutine<Server> startUnixServer(Path path, ConnectionHandler handler) {
    return startUnixServer(path, new ServerOptions(), handler);
  }

  /**
   * Listens as {@code options} say; otherwise as the overload without. With {@link ServerOptions#withPermissions}, nobody
   * can connect before the file has them.
   *
   * @param path of a hundred bytes or so at most
   * @param options TLS, permissions, several loops, and more; those of TCP mean nothing here
   * @param handler what to do with a connection; it may await
   * @return a coroutine, to be awaited
   */
  public static Coroutine<Server> startUnixServer(
      Path path, ServerOptions options, ConnectionHandler handler) {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(handler, "handler");
    return SuspendingCall.<dev.tandem.streams.Server, Server>coroutine(
        "startUnixServer",
        k -> ServerSettingsKt.startServerOnFile(
            path,
            options.permissions(),
            options.cleanupSocket(),
            options.settings(),
            serving(handler),
            k),
        Server::new);
  }

  private static Coroutine<Server> startTcpServer(
      List<String> hosts, int port, ServerOptions options, ConnectionHandler handler) {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(handler, "handler");
    return SuspendingCall.<dev.tandem.streams.Server, Server>coroutine(
        "startServer",
        k -> ServerSettingsKt.startTcpServer(
            hosts,
            port,
            options.reuseAddress(),
            options.reusePort(),
            options.settings(),
            serving(handler),
            k),
        Server::new);
  }

  /** Returns what the Kotlin server calls for each connection: it runs {@code handler} as a task's body. */
  private static Function3<
          dev.tandem.streams.StreamReader,
          dev.tandem.streams.StreamWriter,
          Continuation<? super Unit>,
          Object>
      serving(ConnectionHandler handler) {
    return (reader, writer, k) -> JavaBody.coroutine("connection", () -> {
          handler.handle(new StreamReader(reader), new StreamWriter(writer));
          return Unit.INSTANCE;
        })
        .await(k);
  }
}
