package dev.tandem.javaapi;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.http.ClientTimeout;
import dev.tandem.http.CookieJar;
import dev.tandem.http.RetryOptions;
import io.ktor.client.HttpClientConfig;
import io.ktor.client.engine.HttpClientEngineFactory;
import io.ktor.client.engine.cio.CIO;
import io.ktor.client.plugins.cookies.CookiesStorage;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kotlin.Unit;
import kotlinx.serialization.json.Json;

/**
 * What all requests of a {@link ClientSession} have in common. Never changed: each {@code with...} returns a copy.
 *
 * <pre>{@code
 * new SessionOptions()
 *     .withBaseUrl("https://example.org/api/")
 *     .withTimeout(Duration.ofSeconds(30))
 *     .withRetry(new RetryOptions(3))
 * }</pre>
 */
public final class SessionOptions implements Cloneable {
  private String baseUrl;
  private Map<String, String> headers = Map.of();
  private Map<String, String> params = Map.of();
  private ClientTimeout timeout = new ClientTimeout();
  private int limit = dev.tandem.http.ClientSession.DEFAULT_LIMIT;
  private int limitPerHost = limit;
  private int maxRedirects = 10;
  private RetryOptions retry;
  private boolean raiseForStatus;
  private int maxBodySize = dev.tandem.http.ClientSession.DEFAULT_MAX_BODY_SIZE;
  private boolean autoDecompress = true;
  private String proxy;
  private Supplier<CookiesStorage> cookieJar = CookieJar::new;
  private HttpClientEngineFactory<?> engine = CIO.INSTANCE;
  private Consumer<HttpClientConfig<?>> configuration = config -> {};
  private ObjectMapper mapper;

  /** The defaults: no base URL, five minutes for a request, 100 at once, no retries. */
  public SessionOptions() {}

  /**
   * Returns a copy with what the URLs of requests are relative to.
   *
   * @param baseUrl ends with {@code /} if it stands for a directory
   * @return the copy
   */
  public SessionOptions withBaseUrl(String baseUrl) {
    return with(copy -> copy.baseUrl = baseUrl);
  }

  /**
   * Returns a copy with the headers of each request.
   *
   * @param headers names and values
   * @return the copy
   */
  public SessionOptions withHeaders(Map<String, String> headers) {
    var kept = Map.copyOf(headers);
    return with(copy -> copy.headers = kept);
  }

  /**
   * Returns a copy with parameters for the query of each request.
   *
   * @param params names and values
   * @return the copy
   */
  public SessionOptions withParams(Map<String, String> params) {
    var kept = Map.copyOf(params);
    return with(copy -> copy.params = kept);
  }

  /**
   * Returns a copy with the longest time from the call to the end of the body.
   *
   * @param total the limit
   * @return the copy
   */
  public SessionOptions withTimeout(Duration total) {
    return withTimeout(new ClientTimeout().withTotal(total));
  }

  /**
   * Returns a copy with the limits of each request.
   *
   * @param limits the limits
   * @return the copy
   */
  public SessionOptions withTimeout(ClientTimeout limits) {
    Objects.requireNonNull(limits, "limits");
    return with(copy -> copy.timeout = limits);
  }

  /**
   * Returns a copy with how many requests are under way at once.
   *
   * @param limit in all
   * @param limitPerHost to one host and port
   * @return the copy
   */
  public SessionOptions withLimits(int limit, int limitPerHost) {
    return with(copy -> {
      copy.limit = limit;
      copy.limitPerHost = limitPerHost;
    });
  }

  /**
   * Returns a copy with how many redirects a request follows.
   *
   * @param max 0 for none
   * @return the copy
   */
  public SessionOptions withMaxRedirects(int max) {
    return with(copy -> copy.maxRedirects = max);
  }

  /**
   * Returns a copy with when a request is sent again.
   *
   * @param retry null for never
   * @return the copy
   */
  public SessionOptions withRetry(RetryOptions retry) {
    return with(copy -> copy.retry = retry);
  }

  /**
   * Returns a copy with which a status of 400 and above is a {@link dev.tandem.http.ClientResponseException}.
   *
   * @return the copy
   */
  public SessionOptions withRaiseForStatus() {
    return with(copy -> copy.raiseForStatus = true);
  }

  /**
   * Returns a copy with how large a body may be that is read as a whole.
   *
   * @param bytes the limit, of the decompressed body
   * @return the copy
   */
  public SessionOptions withMaxBodySize(int bytes) {
    return with(copy -> copy.maxBodySize = bytes);
  }

  /**
   * Returns a copy that does not tell servers that gzip and deflate are welcome, and gives compressed bodies as they come.
   *
   * @return the copy
   */
  public SessionOptions withoutDecompression() {
    return with(copy -> copy.autoDecompress = false);
  }

  /**
   * Returns a copy with an HTTP proxy that all requests go through.
   *
   * @param url its URL; {@code user:password@} in it is for http, and https is then refused, since the engine would show the
   *     credentials to the server as well
   * @return the copy
   */
  public SessionOptions withProxy(String url) {
    return with(copy -> copy.proxy = url);
  }

  /**
   * Returns a copy that keeps no cookies.
   *
   * @return the copy
   */
  public SessionOptions withoutCookies() {
    return with(copy -> copy.cookieJar = () -> null);
  }

  /**
   * Returns a copy that keeps cookies in {@code jar}, which several sessions can share. Each session has a {@link CookieJar}
   * of its own otherwise.
   *
   * @param jar the jar
   * @return the copy
   */
  public SessionOptions withCookieJar(CookiesStorage jar) {
    Objects.requireNonNull(jar, "jar");
    return with(copy -> copy.cookieJar = () -> jar);
  }

  /**
   * Returns a copy with another engine of the Ktor client, such as {@code Java.INSTANCE}.
   *
   * @param engine the engine
   * @return the copy
   */
  public SessionOptions withEngine(HttpClientEngineFactory<?> engine) {
    Objects.requireNonNull(engine, "engine");
    return with(copy -> copy.engine = engine);
  }

  /**
   * Returns a copy with whatever else the Ktor client is to know.
   *
   * @param configuration is called when the client is made
   * @return the copy
   */
  public SessionOptions withConfiguration(Consumer<HttpClientConfig<?>> configuration) {
    Objects.requireNonNull(configuration, "configuration");
    return with(copy -> copy.configuration = configuration);
  }

  /**
   * Returns a copy with how JSON is read and written; at first as Jackson does by itself.
   *
   * @param mapper the mapper
   * @return the copy
   */
  public SessionOptions withMapper(ObjectMapper mapper) {
    return with(copy -> copy.mapper = mapper);
  }

  ObjectMapper mapper() {
    return mapper != null ? mapper : new ObjectMapper();
  }

  dev.tandem.http.ClientSession open() {
    return new dev.tandem.http.ClientSession(
        baseUrl,
        headers,
        params,
        timeout,
        limit,
        limitPerHost,
        maxRedirects,
        retry,
        raiseForStatus,
        maxBodySize,
        autoDecompress,
        cookieJar.get(),
        proxy,
        Json.Default,
        engine,
        config -> {
          configuration.accept(config);
          return Unit.INSTANCE;
        });
  }

  private SessionOptions with(Consumer<SessionOptions> change) {
    try {
      var copy = (SessionOptions) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }
}
