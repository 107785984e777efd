package dev.tandem.javaapi;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.Coroutine;
import io.ktor.client.HttpClient;
import io.ktor.client.plugins.cookies.CookiesStorage;
import java.util.Objects;
import java.util.function.Consumer;
import kotlin.Unit;

/**
 * An HTTP client on the loop: makes requests, keeps cookies, and limits how many connections there are. To be closed.
 *
 * <p>Make one for the application, or one for each service it talks to, and not one for each request. What fails a request
 * is a {@link dev.tandem.http.ClientException}, or a {@link dev.tandem.TimeoutException} that says which limit ran out.
 *
 * <pre>{@code
 * try (var session = new ClientSession()) {
 *   try (var response = await(session.get("https://example.org/users/42"))) {
 *     User user = await(response.json(User.class));
 *   }
 * }
 * }</pre>
 *
 * <p>It needs the module {@code tandem-http}, and {@code com.fasterxml.jackson.core:jackson-databind}.
 *
 * <p><b>Cancellation.</b> Cancelling the task that waits closes the connection. <b>Threading.</b> In a task.
 * <b>Python.</b> {@code aiohttp.ClientSession}.
 */
public final class ClientSession implements AutoCloseable {
  private final dev.tandem.http.ClientSession session;
  private final ObjectMapper mapper;

  /** Makes a session with the defaults of {@link SessionOptions}. */
  public ClientSession() {
    this(new SessionOptions());
  }

  /**
   * Makes a session.
   *
   * @param options what its requests have in common
   * @throws IllegalStateException outside of a loop
   */
  public ClientSession(SessionOptions options) {
    mapper = options.mapper();
    session = options.open();
  }

  /**
   * Makes a face of a session that Kotlin code uses as well.
   *
   * @param session the session of both
   */
  public ClientSession(dev.tandem.http.ClientSession session) {
    this.session = Objects.requireNonNull(session, "session");
    mapper = new ObjectMapper();
  }

  /**
   * Asks for {@code url}.
   *
   * @param url complete, or relative to the session's
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> get(String url) {
    return get(url, request -> {});
  }

  /**
   * Asks for {@code url}.
   *
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> get(String url, Consumer<ClientRequest> build) {
    return request("GET", url, build);
  }

  /**
   * Posts to {@code url}.
   *
   * @param url complete, or relative to the session's
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> post(String url) {
    return post(url, request -> {});
  }

  /**
   * Posts to {@code url}.
   *
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> post(String url, Consumer<ClientRequest> build) {
    return request("POST", url, build);
  }

  /**
   * Puts something to {@code url}.
   *
   * @param url complete, or relative to the session's
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> put(String url) {
    return put(url, request -> {});
  }

  /**
   * Puts something to {@code url}.
   *
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> put(String url, Consumer<ClientRequest> build) {
    return request("PUT", url, build);
  }

  /**
   * Changes what is at {@code url}.
   *
   * @param url complete, or relative to the session's
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> patch(String url) {
    return patch(url, request -> {});
  }

  /**
   * Changes what is at {@code url}.
   *
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> patch(String url, Consumer<ClientRequest> build) {
    return request("PATCH", url, build);
  }

  /**
   * Deletes what is at {@code url}.
   *
   * @param url complete, or relative to the session's
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> delete(String url) {
    return delete(url, request -> {});
  }

  /**
   * Deletes what is at {@code url}.
   *
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> delete(String url, Consumer<ClientRequest> build) {
    return request("DELETE", url, build);
  }

  /**
   * Asks for the head of what is at {@code url}.
   *
   * @param url complete, or relative to the session's
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> head(String url) {
    return head(url, request -> {});
  }

  /**
   * Asks for the head of what is at {@code url}.
   *
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> head(String url, Consumer<ClientRequest> build) {
    return request("HEAD", url, build);
  }

  /**
   * Asks what can be done with {@code url}.
   *
   * @param url complete, or relative to the session's
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> options(String url) {
    return options(url, request -> {});
  }

  /**
   * Asks what can be done with {@code url}.
   *
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response; see {@link #request}
   */
  public Coroutine<ClientResponse> options(String url, Consumer<ClientRequest> build) {
    return request("OPTIONS", url, build);
  }

  /**
   * Sends a request and waits for the head of its response.
   *
   * @param method {@code GET}, {@code POST} and so on
   * @param url complete, or relative to the session's
   * @param build headers, query, body and what else is special about this request
   * @return a coroutine of the response, which is to be closed, or read; it fails with a {@link
   *     dev.tandem.http.ClientConnectionException} if the server cannot be reached, with another {@link
   *     dev.tandem.http.ClientException} if a redirect cannot be followed, with a {@link
   *     dev.tandem.TimeoutException} if a limit ran out, and with an {@link IllegalArgumentException} if the method, the
   *     URL or a header cannot be sent, such as one with a line break
   */
  public Coroutine<ClientResponse> request(
      String method, String url, Consumer<ClientRequest> build) {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(build, "build");
    return SuspendingCall.<dev.tandem.http.ClientResponse, ClientResponse>coroutine(
        method + " request",
        k -> session.request(
            method,
            url,
            request -> {
              build.accept(new ClientRequest(request, mapper));
              return Unit.INSTANCE;
            },
            k),
        response -> new ClientResponse(response, mapper));
  }

  /**
   * Returns the Ktor client that does the work.
   *
   * @return the client
   */
  public HttpClient client() {
    return session.getClient();
  }

  /**
   * Returns where the cookies are kept.
   *
   * @return the jar; null if no cookies are kept
   */
  public CookiesStorage cookieJar() {
    return session.getCookieJar();
  }

  /**
   * Returns whether {@link #close} was called.
   *
   * @return whether it was
   */
  public boolean isClosed() {
    return session.isClosed();
  }

  /** Closes the session: requests under way fail, and connections are closed. */
  @Override
  public void close() {
    session.close();
  }

  /**
   * Waits until the engine of a closed session has ended its work.
   *
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> waitClosed() {
    return SuspendingCall.withoutResult("waitClosed", session::waitClosed);
  }

  /**
   * Returns the session as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.http.ClientSession asKotlin() {
    return session;
  }

  @Override
  public String toString() {
    return session.toString();
  }
}
