package dev.tandem.samples.network;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.StreamReader;
import dev.tandem.javaapi.StreamWriter;
import dev.tandem.streams.TlsOptions;
import java.net.URI;

/** Asks web servers, those of the URLs given or one of its own, for the headers of a page. */
public final class HttpHeaders {
  private HttpHeaders() {}

  static void example() {
    try (var server = await(startServer("127.0.0.1", 0, HttpHeaders::answer))) {
      await(printHeaders(URI.create("http://127.0.0.1:" + server.port() + "/")));
    }
  }

  private static Coroutine<Void> printHeaders(URI url) {
    var tls = url.getScheme().equals("https") ? new TlsOptions() : null;
    int usualPort = tls != null ? 443 : 80;
    int port = url.getPort() >= 0 ? url.getPort() : usualPort;
    return async(() -> {
      try (var connection = await(openConnection(url.getHost(), port, tls))) {
        var path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var question = "HEAD " + path + " HTTP/1.0\r\nHost: " + url.getHost() + "\r\n\r\n";
        connection.writer().write(question.getBytes());
        for (byte[] line : connection.reader().lines()) {
          var header = new String(line, ISO_8859_1).stripTrailing();
          if (header.isEmpty()) {
            break;
          }
          System.out.println("header: " + header);
        }
      }
    });
  }

  private static void answer(StreamReader reader, StreamWriter writer) {
    await(reader.readUntil("\r\n\r\n".getBytes()));
    writer.write(
        "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n".getBytes());
  }

  public static void main(String[] urls) {
    Asyncio.run(() -> {
      for (String url : urls) {
        await(printHeaders(URI.create(url)));
      }
      if (urls.length == 0) {
        example();
      }
    });
  }
}
