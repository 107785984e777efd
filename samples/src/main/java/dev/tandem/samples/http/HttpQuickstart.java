package dev.tandem.samples.http;

import static dev.tandem.javaapi.Asyncio.await;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.tandem.TimeoutException;
import dev.tandem.http.ClientResponseException;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.ClientSession;
import dev.tandem.javaapi.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The programs of aiohttp's client quickstart, one method for each, against a server that this starts itself. */
public final class HttpQuickstart {
  private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

  private HttpQuickstart() {}

  public static void main(String[] arguments) {
    try (var pages = new LocalPages()) {
      var options = new SessionOptions()
          .withBaseUrl(pages.getUrl())
          .withHeaders(Map.of("User-Agent", "quickstart"));
      Asyncio.run(() -> {
        try (var session = new ClientSession(options)) {
          makeARequest(session);
          passParameters(session);
          readJson(session);
          postAForm(session);
          postJson(session);
          postAFile(session);
          streamTheResponse(session);
          shareCookies(session);
          raiseForStatus(session);
          limitTheTime(session);
        }
      });
    }
  }

  private static void makeARequest(ClientSession session) {
    try (var response = await(session.get("get"))) {
      System.out.println("Status: " + response.status());
      System.out.println("Content-type: " + response.contentType());
      System.out.println("Body: " + await(response.text()));
    }
  }

  private static void passParameters(ClientSession session) {
    try (var response =
        await(session.get("get", request -> request.param("key1", "value 1").param("key2", 2)))) {
      System.out.println("Asked: " + response.url().split("/get")[1]);
    }
  }

  private static void readJson(ClientSession session) {
    try (var response = await(session.get("get", request -> request.param("key", "value")))) {
      var answer = await(response.json(TEXTS));
      System.out.println("JSON: " + answer.get("key") + ", asked by " + answer.get("agent"));
    }
  }

  private static void postAForm(ClientSession session) {
    var fields = new TreeMap<>(Map.of("name", "Ada", "age", "36")).descendingMap();
    try (var response = await(session.post("post", request -> request.form(fields)))) {
      System.out.println("Form: " + await(response.text()));
    }
  }

  private static void postJson(ClientSession session) {
    try (var response =
        await(session.post("post", request -> request.json(Map.of("name", "Ada"))))) {
      System.out.println("Sent as JSON: " + await(response.text()));
    }
  }

  private static void postAFile(ClientSession session) throws IOException {
    var file = Files.writeString(Files.createTempFile("report", ".txt"), "from the disk");
    try {
      try (var response =
          await(session.post("post", request -> request.body(file, "text/plain")))) {
        System.out.println("File: " + await(response.text()));
      }
      try (var response = await(session.post(
          "post",
          request -> request.multipart(
              form -> form.field("title", "report").file("report", file, "text/plain"))))) {
        System.out.println("Form with a file: " + await(response.json(TEXTS)).get("type"));
      }
    } finally {
      Files.delete(file);
    }
  }

  private static void streamTheResponse(ClientSession session) throws IOException {
    try (var response = await(session.get("lines"))) {
      for (String line : response.lines()) {
        System.out.println("Line: " + line);
      }
    }
    var file = Files.createTempFile("lines", ".txt");
    try (var response = await(session.get("lines"))) {
      await(response.saveTo(file));
      System.out.println("Saved: " + Files.size(file) + " bytes");
    } finally {
      Files.delete(file);
    }
  }

  private static void shareCookies(ClientSession session) {
    try (var response = await(session.get("cookies/set", request -> request.param("answer", 42)))) {
      System.out.println(
          "After " + response.history().size() + " redirect: " + await(response.text()));
    }
    try (var response = await(session.get("cookies"))) {
      System.out.println("Later: " + await(response.text()));
    }
  }

  private static void raiseForStatus(ClientSession session) {
    try {
      await(await(session.get("missing")).raiseForStatus(), ClientResponseException.class);
    } catch (ClientResponseException e) {
      System.out.println("Refused: " + e.getStatus() + ", " + e.getBody());
    }
  }

  private static void limitTheTime(ClientSession session) {
    try {
      await(session.get("silent", request -> request.timeout(Duration.ofMillis(200))));
    } catch (TimeoutException e) {
      System.out.println("Too slow");
    }
  }
}
