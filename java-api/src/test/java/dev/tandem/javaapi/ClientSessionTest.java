package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tandem.CancelledException;
import dev.tandem.TimeoutException;
import dev.tandem.http.ClientConnectionException;
import dev.tandem.http.ClientPayloadException;
import dev.tandem.http.ClientResponseException;
import dev.tandem.http.CookieJar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Java face of HTTP sessions, against the JDK's server. What sessions do is tested beside them. */
class ClientSessionTest extends OnEachCarrier {
  record User(String name, int age) {}

  private HttpServer server;
  private ExecutorService threads;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext(
        "/echo", exchange -> answer(exchange, 200, exchange.getRequestBody().readAllBytes()));
    server.createContext(
        "/query",
        exchange -> answer(exchange, 200, exchange.getRequestURI().getQuery().getBytes()));
    server.createContext("/missing", exchange -> answer(exchange, 404, "no such user".getBytes()));
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void jsonGoesBothWays() {
    withSession(session -> {
      try (var response =
          await(session.post("echo", request -> request.json(new User("Ada", 36))))) {
        assertEquals(200, response.status());
        assertEquals(new User("Ada", 36), await(response.json(User.class)));
      }
      var other = await(session.post("echo", request -> request.body("[1]")));
      assertThrows(ClientPayloadException.class, () -> await(other.json(User.class)));
    });
  }

  @Test
  void requestsAreGathered() {
    withSession(session -> {
      var texts = new ArrayList<String>();
      for (var response : await(gather(
          session.get("query", request -> request.param("a", 1)),
          session.get("query", request -> request.param("b", 2))))) {
        texts.add(await(response.text()));
      }
      assertEquals(List.of("a=1", "b=2"), texts);
    });
  }

  @Test
  void formsAndStreamsAreSent() {
    withSession(session -> {
      var form = await(session.post("echo", request -> request.form(Map.of("a", "b c"))));
      assertEquals("a=b+c", await(form.text()));
      var streamed = await(session.post(
          "echo",
          request -> request.stream("text/plain", writer -> {
            await(writer.write("one\n"));
            await(sleep(Duration.ofMillis(1)));
            await(writer.write("two\n"));
          })));
      var lines = new ArrayList<String>();
      for (String line : streamed.lines()) {
        lines.add(line);
      }
      assertEquals(List.of("one", "two"), lines);
    });
  }

  @Test
  void failureOfWhoWritesTheBodyIsThatOfTheRequest() {
    withSession(session -> {
      var request = session.post(
          "echo",
          r -> r.stream("text/plain", writer -> {
            throw new IOException("disk full");
          }));
      assertEquals(
          "disk full", assertThrows(IOException.class, () -> await(request)).getMessage());
    });
  }

  @Test
  void compressedBodiesAreDecompressedUnlessTheyAreWantedAsTheyAre() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write("short".getBytes());
    }
    var compressed = bytes.toByteArray();
    server.createContext("/gzip", exchange -> {
      exchange.getResponseHeaders().add("Content-Encoding", "gzip");
      answer(exchange, 200, compressed);
    });
    withSession(session -> {
      assertEquals("short", await(await(session.get("gzip")).text()));
      var asItIs = await(session.get("gzip", request -> request.autoDecompress(false)));
      assertArrayEquals(compressed, await(asItIs.bytes()));
      var tooLarge = await(session.get("gzip", request -> request.maxBodySize(4)));
      assertThrows(ClientPayloadException.class, () -> await(tooLarge.text()));
    });
    withSession(options().withoutDecompression(), session -> {
      var asItIs = await(session.get("gzip"));
      assertArrayEquals(compressed, await(asItIs.bytes()));
    });
  }

  @Test
  void headOfAResponseIsThere() {
    server.createContext("/head", exchange -> {
      exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-16");
      exchange.getResponseHeaders().add("Set-Cookie", "id=42; Path=/");
      answer(exchange, 200, "gr\u00fcn\n".getBytes(UTF_8));
    });
    withSession(options().withParams(Map.of("a", "1")), session -> {
      try (var response = await(session.get("head"))) {
        assertEquals(
            "GET 200 OK", response.method() + " " + response.status() + " " + response.reason());
        assertEquals("text/html", response.contentType());
        assertEquals(6L, response.contentLength());
        assertEquals("id", response.cookies().get(0).getName());
        assertTrue(response.url().endsWith("/head?a=1"), response.url());
        assertEquals("gr\u00fcn\n", await(response.text(UTF_8)));
      }
      assertEquals("CookieJar(1 cookies)", session.cookieJar().toString());
    });
  }

  @Test
  void bodiesAreReadPieceByPiece() {
    var jar = new CookieJar();
    withSession(options().withCookieJar(jar), session -> {
      assertSame(jar, session.cookieJar());
      try (var response = await(session.post("echo", request -> request.body("abc".getBytes())))) {
        assertEquals("ab", new String(await(response.read(2))));
        assertEquals("c", new String(await(response.read(2))));
        assertEquals(0, await(response.read(2)).length);
      }
      var known = await(session.post(
          "echo",
          request -> request.stream("text/plain", 3L, writer -> await(writer.write("abc")))));
      assertEquals("abc", await(known.text()));
      var lines =
          await(session.post("echo", request -> request.jsonText("[1, 2]"))).lines(3);
      assertThrows(ClientPayloadException.class, () -> lines.iterator().hasNext());
      session.close();
      assertTrue(session.isClosed());
    });
  }

  @Test
  void statusAndTimeAreExceptions() {
    withSession(session -> {
      var response = await(session.get("missing"));
      var failure =
          assertThrows(ClientResponseException.class, () -> await(response.raiseForStatus()));
      assertEquals(404, failure.getStatus());
      assertEquals("no such user", failure.getBody());
      try (var silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
        var url = "http://127.0.0.1:" + silent.getLocalPort() + "/";
        assertThrows(
            TimeoutException.class,
            () -> await(session.get(url, r -> r.timeout(Duration.ofMillis(100)))));
        var task = createTask(session.get(url));
        await(sleep(Duration.ofMillis(10)));
        task.cancel();
        assertThrows(CancelledException.class, () -> await(task));
      }
    });
  }

  @Test
  void refusedConnectionCanBeCaught() {
    withSession(session -> {
      int port;
      try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
        port = taken.getLocalPort();
      }
      try {
        await(session.get("http://127.0.0.1:" + port + "/"), ClientConnectionException.class);
      } catch (ClientConnectionException e) {
        assertTrue(e.getMessage().contains("cannot connect"), e.getMessage());
      }
    });
  }

  private interface SessionBody {
    void run(ClientSession session) throws Exception;
  }

  private void withSession(SessionBody body) {
    withSession(options(), body);
  }

  private void withSession(SessionOptions options, SessionBody body) {
    Asyncio.run(() -> {
      try (var session = new ClientSession(options)) {
        body.run(session);
      }
    });
  }

  private SessionOptions options() {
    return new SessionOptions()
        .withBaseUrl("http://127.0.0.1:" + server.getAddress().getPort() + "/")
        .withTimeout(Duration.ofSeconds(30));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
