package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;

import dev.tandem.Coroutine;
import dev.tandem.TimeoutException;
import dev.tandem.http.ClientConnectionException;
import dev.tandem.http.RetryOptions;
import dev.tandem.javaapi.ClientSession;
import dev.tandem.javaapi.SessionOptions;
import java.nio.file.Path;
import java.time.Duration;

/** The Java examples about HTTP in the documentation; a test runs them against the server they expect. */
final class StreamHttp {
  private StreamHttp() {}

  static void get(String base) {
    // region http-get
    try (var session = new ClientSession(new SessionOptions().withBaseUrl(base));
        var response = await(session.get("greeting", request -> request.param("name", "Ada")))) {
      System.out.println(response.status() + ": " + await(response.text()));
    }
    // 200: Hello, Ada
    // endregion
  }

  // region http-fetch
  static Coroutine<String> fetch(ClientSession session, String page) {
    return async(() -> {
      try (var response = await(session.get(page))) {
        return await(response.text());
      }
    });
  }

  // endregion

  static void many(String base) {
    try (var session = new ClientSession(new SessionOptions().withBaseUrl(base))) {
      // region http-many
      System.out.println(await(gather(fetch(session, "pages/0"), fetch(session, "pages/1"))));
      // [page 0, page 1]
      // endregion
    }
  }

  // region http-record
  record Order(String item, String size) {}

  // endregion

  static void json(String base) {
    try (var session = new ClientSession(new SessionOptions().withBaseUrl(base))) {
      // region http-json
      var response =
          await(session.post("orders", request -> request.json(new Order("tea", "large"))));
      System.out.println(await(await(response.raiseForStatus()).json(Order.class)));
      // Order[item=tea, size=large]
      // endregion
    }
  }

  static void stream(String base, Path file) {
    try (var session = new ClientSession(new SessionOptions().withBaseUrl(base))) {
      // region http-stream
      var lines = await(session.put(
          "echo",
          request -> request.stream("text/plain", body -> {
            for (int i = 0; i < 3; i++) {
              await(body.write("line " + i + "\n"));
            }
          })));
      for (String line : lines.lines()) {
        System.out.println(line);
      }
      var copy = await(session.put("echo", request -> request.body(file, "text/plain")));
      System.out.println(await(copy.saveTo(file.resolveSibling("copy"))) + " bytes");
      // line 0, line 1, line 2, 4 bytes
      // endregion
    }
  }

  static void limits(String base) {
    // region http-limits
    var options = new SessionOptions()
        .withBaseUrl(base)
        .withTimeout(Duration.ofSeconds(30))
        .withRetry(new RetryOptions(2).withDelays(Duration.ofMillis(10), Duration.ofSeconds(1)))
        .withLimits(20, 10); // requests at once: in all, and to one host
    try (var session = new ClientSession(options)) {
      System.out.println(await(await(session.get("busy-at-first")).text()));
      try {
        await(session.get("silent", request -> request.timeout(Duration.ofMillis(200))));
      } catch (TimeoutException e) {
        System.out.println("too slow");
      }
      try {
        await(session.get("http://localhost:1/"), ClientConnectionException.class);
      } catch (ClientConnectionException e) {
        System.out.println(e.getMessage().split(": ")[0]);
      }
    }
    // at last, too slow, GET http://localhost:1/
    // endregion
  }
}
