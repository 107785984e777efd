package dev.tandem.javaapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.http.ClientTimeout;
import dev.tandem.http.MultipartForm;
import dev.tandem.http.ProgressListener;
import dev.tandem.http.RetryOptions;
import dev.tandem.javaapi.internal.JavaBody;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import kotlin.Unit;

/**
 * What is special about a request: headers, query, body, limits. Handed to the lambda of {@link ClientSession#get} and
 * its like; what is left out is as the session says. Each method returns the request itself.
 *
 * <pre>{@code
 * await(session.post("users", request -> request
 *     .header("X-Request-Id", id)
 *     .param("notify", true)
 *     .json(new User("Ada"))))
 * }</pre>
 *
 * <p><b>Python.</b> The keyword arguments of {@code aiohttp.ClientSession.request}.
 */
public final class ClientRequest {
  private final dev.tandem.http.ClientRequest request;
  private final ObjectMapper mapper;

  ClientRequest(dev.tandem.http.ClientRequest request, ObjectMapper mapper) {
    this.request = request;
    this.mapper = mapper;
  }

  /**
   * Sets a header, in place of those of that name; the session's included.
   *
   * @param name the name
   * @param value the value
   * @return this
   * @throws IllegalArgumentException if one of them cannot be sent, such as one with a line break
   */
  public ClientRequest header(String name, String value) {
    request.header(name, value);
    return this;
  }

  /**
   * Sets the header {@code Authorization: Bearer}.
   *
   * @param token the token
   * @return this
   */
  public ClientRequest bearer(String token) {
    request.bearer(token);
    return this;
  }

  /**
   * Sets the header {@code Authorization: Basic}.
   *
   * @param user who asks
   * @param password the password
   * @return this
   */
  public ClientRequest basicAuth(String user, String password) {
    request.basicAuth(user, password);
    return this;
  }

  /**
   * Adds a parameter to the query; it is encoded as needed.
   *
   * @param name the name
   * @param value the value
   * @return this
   */
  public ClientRequest param(String name, Object value) {
    request.param(name, value);
    return this;
  }

  /**
   * Sends {@code text} in UTF-8, as {@code text/plain}.
   *
   * @param text the body
   * @return this
   */
  public ClientRequest body(String text) {
    request.body(text);
    return this;
  }

  /**
   * Sends {@code text} in UTF-8.
   *
   * @param text the body
   * @param contentType what it is, such as {@code text/html}
   * @return this
   */
  public ClientRequest body(String text, String contentType) {
    request.body(text, contentType);
    return this;
  }

  /**
   * Sends {@code bytes}, as {@code application/octet-stream}.
   *
   * @param bytes the body
   * @return this
   */
  public ClientRequest body(byte[] bytes) {
    request.body(bytes);
    return this;
  }

  /**
   * Sends {@code bytes}.
   *
   * @param bytes the body
   * @param contentType what it is
   * @return this
   */
  public ClientRequest body(byte[] bytes, String contentType) {
    request.body(bytes, contentType);
    return this;
  }

  /**
   * Sends a file, as {@code application/octet-stream}. It is read while it is sent; one that cannot be read fails the request.
   *
   * @param path the file
   * @return this
   */
  public ClientRequest body(Path path) {
    request.body(path);
    return this;
  }

  /**
   * Sends a file, which is read while it is sent. A file that cannot be read fails the request.
   *
   * @param path the file
   * @param contentType what it is
   * @return this
   */
  public ClientRequest body(Path path, String contentType) {
    request.body(path, contentType);
    return this;
  }

  /**
   * Sends {@code value} as JSON, as Jackson writes it.
   *
   * @param value what to send
   * @return this
   * @throws IllegalArgumentException if Jackson cannot write it
   */
  public ClientRequest json(Object value) {
    try {
      request.jsonText(mapper.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("This cannot be written as JSON: " + e.getMessage(), e);
    }
    return this;
  }

  /**
   * Sends {@code text}, which is JSON already.
   *
   * @param text the body
   * @return this
   */
  public ClientRequest jsonText(String text) {
    request.jsonText(text);
    return this;
  }

  /**
   * Sends {@code fields} as {@code application/x-www-form-urlencoded}.
   *
   * @param fields names and values
   * @return this
   */
  public ClientRequest form(Map<String, String> fields) {
    request.form(fields);
    return this;
  }

  /**
   * Sends a form with files.
   *
   * @param build adds the fields and files
   * @return this
   */
  public ClientRequest multipart(Consumer<MultipartForm> build) {
    request.multipart(form -> {
      build.accept(form);
      return Unit.INSTANCE;
    });
    return this;
  }

  /**
   * Sends what {@code write} writes, while it writes it: in a task of its own on the loop. An exception of it is that of
   * the request. A body like this is sent once: there is no retry.
   *
   * @param contentType what it is
   * @param write writes the body; it may await
   * @return this
   */
  public ClientRequest stream(String contentType, BodyWriting write) {
    return stream(contentType, null, write);
  }

  /**
   * Sends what {@code write} writes, as {@link #stream(String, BodyWriting)} does, and tells the server how much that will be.
   *
   * @param contentType what it is
   * @param length how many bytes {@code write} will write; null if that is not known
   * @param write writes the body; it may await
   * @return this
   */
  public ClientRequest stream(String contentType, Long length, BodyWriting write) {
    Objects.requireNonNull(write, "write");
    request.stream(
        contentType,
        length,
        (writer, k) -> JavaBody.coroutine("request body", () -> {
              write.write(new BodyWriter(writer));
              return Unit.INSTANCE;
            })
            .await(k));
    return this;
  }

  /**
   * Limits the time from the call to the end of the body.
   *
   * @param total the limit
   * @return this
   */
  public ClientRequest timeout(Duration total) {
    return timeout(new ClientTimeout().withTotal(total));
  }

  /**
   * Sets the time limits.
   *
   * @param limits the limits
   * @return this
   */
  public ClientRequest timeout(ClientTimeout limits) {
    request.timeout(limits);
    return this;
  }

  /**
   * Sets when the request is sent again.
   *
   * @param options {@code new RetryOptions(0)} for never
   * @return this
   */
  public ClientRequest retry(RetryOptions options) {
    request.retry(options);
    return this;
  }

  /**
   * Follows so many redirects at most.
   *
   * @param max 0 makes a redirect the response
   * @return this
   */
  public ClientRequest maxRedirects(int max) {
    request.maxRedirects(max);
    return this;
  }

  /**
   * Makes a status of 400 and above a {@link dev.tandem.http.ClientResponseException}, or not.
   *
   * @param raises whether it does
   * @return this
   */
  public ClientRequest raiseForStatus(boolean raises) {
    request.raiseForStatus(raises);
    return this;
  }

  /**
   * Limits how large the body may be if it is read as a whole; as the session otherwise.
   *
   * @param bytes the limit, of the decompressed body
   * @return this
   */
  public ClientRequest maxBodySize(int bytes) {
    request.maxBodySize(bytes);
    return this;
  }

  /**
   * Decompresses the body of the response if it comes as gzip or deflate, or does not; as the session otherwise.
   *
   * @param decompresses whether it does
   * @return this
   */
  public ClientRequest autoDecompress(boolean decompresses) {
    request.autoDecompress(decompresses);
    return this;
  }

  /**
   * Tells {@code listener} how much of the body the engine has taken to send.
   *
   * @param listener is called on the loop's thread
   * @return this
   */
  public ClientRequest onUpload(ProgressListener listener) {
    request.onUpload(listener);
    return this;
  }

  /**
   * Tells {@code listener} how much of the response's body has come; of a compressed body, before it is decompressed.
   *
   * @param listener is called on the loop's thread
   * @return this
   */
  public ClientRequest onDownload(ProgressListener listener) {
    request.onDownload(listener);
    return this;
  }
}
