package dev.tandem.samples.sitechecker;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static dev.tandem.javaapi.Streams.openConnection;

import dev.tandem.TimeoutException;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.streams.TlsOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Checks web sites, all at once, and prints which have answered, with what, and how long it took.
 *
 * <p>The arguments are URLs; the exit status is 0 if all have answered, or else 1. Without arguments it checks a few
 * servers that it starts itself; the exit status is 0 if those have answered that are meant to.
 */
public final class SiteChecker {
  private SiteChecker() {}

  public static void main(String[] urls) {
    boolean isGood =
        Asyncio.run(() -> urls.length == 0 ? checkLocalSites() : checkSites(List.of(urls)));
    System.exit(isGood ? 0 : 1);
  }

  private static boolean checkSites(List<String> urls) {
    List<String> answered = checkAll(urls, Duration.ofSeconds(10), new TlsOptions());
    return answered.equals(urls);
  }

  private static boolean checkLocalSites() {
    try (LocalSites sites = await(LocalSites.start())) {
      List<String> answered = checkAll(sites.getUrls(), Duration.ofSeconds(5), sites.getTrust());
      return answered.equals(sites.getAnsweringUrls());
    }
  }

  /** Checks {@code urls} at once, prints the table, and returns those that have answered. */
  private static List<String> checkAll(List<String> urls, Duration limit, TlsOptions trust) {
    List<Check> checks = urls.stream().map(url -> new Check(url, limit, trust)).toList();
    List<Object> outcomes =
        await(gather(checks.stream().map(it -> async(it.url, it::run)).toList(), true));
    printTable(checks, outcomes.stream().map(SiteChecker::describe).toList());
    return IntStream.range(0, urls.size())
        .filter(i -> !(outcomes.get(i) instanceof Throwable))
        .mapToObj(urls::get)
        .toList();
  }

  /** The check of one site. */
  private static final class Check {
    final String url;
    private final Duration limit;
    private final TlsOptions trust;
    Duration took = Duration.ZERO;

    Check(String url, Duration limit, TlsOptions trust) {
      this.url = url;
      this.limit = limit;
      this.trust = trust;
    }

    /** Returns what the site has answered, or throws why it has not. */
    String run() throws IOException {
      long start = System.nanoTime();
      try {
        return await(waitFor(async(this::fetchStatus), limit));
      } catch (TimeoutException e) {
        throw new IOException("no answer within " + limit.toSeconds() + "s", e);
      } finally {
        took = Duration.ofNanos(System.nanoTime() - start);
      }
    }

    private String fetchStatus() throws IOException, URISyntaxException {
      URI site = new URI(url);
      if (!List.of("http", "https").contains(site.getScheme()) || site.getHost() == null) {
        throw new IllegalArgumentException("not the URL of a web site");
      }
      TlsOptions ssl = site.getScheme().equals("https") ? trust : null;
      int port = site.getPort() != -1 ? site.getPort() : ssl != null ? 443 : 80;
      try (var connection = await(openConnection(site.getHost(), port, ssl))) {
        String path = site.getRawPath().isEmpty() ? "/" : site.getRawPath();
        String target = path + (site.getRawQuery() == null ? "" : "?" + site.getRawQuery());
        String request = "HEAD %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";
        connection.writer().write(request.formatted(target, site.getAuthority()).getBytes());
        await(connection.writer().drain());
        String line = new String(await(connection.reader().readLine())).stripTrailing();
        if (line.isEmpty()) {
          throw new IOException("closed the connection without an answer");
        }
        if (!line.startsWith("HTTP/")) {
          throw new IOException("answered something that is not HTTP");
        }
        return line.substring(line.indexOf(' ') + 1);
      }
    }
  }

  private static String describe(Object outcome) {
    return outcome instanceof Throwable failure
        ? "failed: " + failure.getMessage()
        : outcome.toString();
  }

  private static void printTable(List<Check> checks, List<String> results) {
    String row =
        "%-" + checks.stream().mapToInt(it -> it.url.length()).max().orElse(0) + "s  %8s  %s%n";
    System.out.printf(row, "SITE", "TIME", "RESULT");
    for (int i = 0; i < checks.size(); i++) {
      System.out.printf(
          row, checks.get(i).url, checks.get(i).took.toMillis() + " ms", results.get(i));
    }
  }
}
