package dev.tandem.javaapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.http.ClientPayloadException;
import dev.tandem.http.Redirect;
import dev.tandem.http.ResponseContent;
import io.ktor.http.Cookie;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The answer to a request: its head is there, its body comes when it is read.
 *
 * <p>It holds a connection until the body was read to its end; who may stop before closes it, with try-with-resources.
 *
 * <pre>{@code
 * try (var response = await(session.get(url))) {
 *   User user = await(response.json(User.class));
 * }
 * }</pre>
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> {@code aiohttp.ClientResponse}.
 */
public final class ClientResponse implements AutoCloseable {
  private final dev.tandem.http.ClientResponse response;
  private final ObjectMapper mapper;

  ClientResponse(dev.tandem.http.ClientResponse response, ObjectMapper mapper) {
    this.response = response;
    this.mapper = mapper;
  }

  /**
   * Returns the status: 200, 404 and so on.
   *
   * @return the status
   */
  public int status() {
    return response.getStatus();
  }

  /**
   * Returns what the server says to the status.
   *
   * @return a text such as {@code Not Found}; may be empty
   */
  public String reason() {
    return response.getReason();
  }

  /**
   * Returns whether the status is below 400.
   *
   * @return whether it is
   */
  public boolean ok() {
    return response.getOk();
  }

  /**
   * Returns the method of the request that was answered; after a redirect, it may be another one.
   *
   * @return the method
   */
  public String method() {
    return response.getMethod();
  }

  /**
   * Returns the URL that answered, after redirects.
   *
   * @return the URL
   */
  public String url() {
    return response.getUrl();
  }

  /**
   * Returns the redirects that led here, the first one first.
   *
   * @return the redirects
   */
  public List<Redirect> history() {
    return response.getHistory();
  }

  /**
   * Returns a header, whatever the case of its name.
   *
   * @param name the name
   * @return its first value, or null
   */
  public String header(String name) {
    return response.getHeaders().get(name);
  }

  /**
   * Returns all headers, with all their values.
   *
   * @return the headers, in the order in which they came
   */
  public Map<String, List<String>> headers() {
    var headers = new LinkedHashMap<String, List<String>>();
    response.getHeaders().entries().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
    return headers;
  }

  /**
   * Returns the cookies that this response sets. The session's jar has them already.
   *
   * @return the cookies
   */
  public List<Cookie> cookies() {
    return response.getCookies();
  }

  /**
   * Returns the type of the body without parameters, such as {@code text/html}.
   *
   * @return the type; null if the server names none that makes sense
   */
  public String contentType() {
    return response.getContentType();
  }

  /**
   * Returns how many bytes the server sends as body; of a compressed body, more are read.
   *
   * @return the length; null if the server does not say
   */
  public Long contentLength() {
    return response.getContentLength();
  }

  /**
   * Waits for the whole body and returns it as text, in the charset that the server names, or in UTF-8.
   *
   * @return a coroutine; it fails with a {@link ClientPayloadException} if the body is larger than the session allows, or
   *     was cut off
   */
  public Coroutine<String> text() {
    return CoroutineKt.coroutine("text", k -> response.text(k));
  }

  /**
   * Waits for the whole body and returns it as text.
   *
   * @param charset how it is encoded, whatever the server says
   * @return a coroutine; it fails as that of {@link #text()} does
   */
  public Coroutine<String> text(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return CoroutineKt.coroutine("text", k -> response.text(charset, k));
  }

  /**
   * Waits for the whole body and returns it.
   *
   * @return a coroutine; it fails as that of {@link #text()} does
   */
  public Coroutine<byte[]> bytes() {
    return CoroutineKt.coroutine("bytes", k -> response.bytes(k));
  }

  /**
   * Waits for the whole body, which is JSON, and returns it as Jackson reads it.
   *
   * @param type the type of the result
   * @param <T> the type of the result
   * @return a coroutine; it fails with a {@link ClientPayloadException} if the body is something else
   */
  public <T> Coroutine<T> json(Class<T> type) {
    return read(text -> mapper.readValue(text, type));
  }

  /**
   * Waits for the whole body, which is JSON, and returns it as Jackson reads it.
   *
   * @param type the type of the result, such as {@code new TypeReference<List<User>>() {}}
   * @param <T> the type of the result
   * @return a coroutine; it fails with a {@link ClientPayloadException} if the body is something else
   */
  public <T> Coroutine<T> json(TypeReference<T> type) {
    return read(text -> mapper.readValue(text, type));
  }

  /**
   * Returns what a for-each loop gets the body's pieces from, as they come. What is not read yet holds the server back.
   *
   * @return an iterable for one loop
   */
  public AsyncIterable<byte[]> content() {
    return Suspending.iterate(response.getContent());
  }

  /**
   * Returns what a for-each loop gets the body's lines from, decoded from UTF-8, without their ends.
   *
   * @return an iterable for one loop
   */
  public AsyncIterable<String> lines() {
    return lines(ResponseContent.DEFAULT_LINE_LIMIT);
  }

  /**
   * Returns what a for-each loop gets the body's lines from, decoded from UTF-8, without their ends.
   *
   * @param limit how many bytes a line may have; a longer one is a {@link ClientPayloadException}
   * @return an iterable for one loop
   */
  public AsyncIterable<String> lines(int limit) {
    return Suspending.iterate(response.getContent().lines(limit));
  }

  /**
   * Waits for at least one byte of the body and returns what there is.
   *
   * @param max how many bytes at most
   * @return a coroutine; no bytes mean the end of the body
   */
  public Coroutine<byte[]> read(int max) {
    return CoroutineKt.coroutine("read", k -> response.getContent().read(max, k));
  }

  /**
   * Writes the body to a file, in place of what is there.
   *
   * @param path the file
   * @return a coroutine of how many bytes that was
   */
  public Coroutine<Long> saveTo(Path path) {
    return CoroutineKt.coroutine("saveTo", k -> response.getContent().saveTo(path, k));
  }

  /**
   * Gives this response if {@link #ok}, and closes it otherwise.
   *
   * @return a coroutine; it fails with a {@link dev.tandem.http.ClientResponseException} for a status of 400 and above
   */
  public Coroutine<ClientResponse> raiseForStatus() {
    return SuspendingCall.<dev.tandem.http.ClientResponse, ClientResponse>coroutine(
        "raiseForStatus", response::raiseForStatus, same -> this);
  }

  /** Closes the connection, unless the body was read to its end. */
  @Override
  public void close() {
    response.close();
  }

  /**
   * Returns the response as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.http.ClientResponse asKotlin() {
    return response;
  }

  @Override
  public String toString() {
    return response.toString();
  }

  private <T> Coroutine<T> read(JsonReading<T> reading) {
    return Asyncio.async(() -> {
      String text = Asyncio.await(text());
      try {
        return reading.read(text);
      } catch (JsonProcessingException e) {
        throw new ClientPayloadException(
            response + ": the body is not what was asked for: " + e.getOriginalMessage(), e);
      }
    });
  }

  /** What Jackson does with a text. */
  private interface JsonReading<T> {
    T read(String text) throws JsonProcessingException;
  }
}
