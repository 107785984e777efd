package dev.tandem.samples.http;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.toThread;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.tandem.TimeoutException;
import dev.tandem.http.RetryOptions;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.ClientSession;
import dev.tandem.javaapi.SessionOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * Downloads web pages into a directory, a few at once, and prints how it gets on and what has become of each page.
 *
 * <p>The arguments are the directory and URLs; the exit status is 0 if all were downloaded, or else 1. Without arguments
 * it downloads pages from a server that it starts itself, some of which fail; the exit status is 0 then.
 */
public final class PageDownloader {
  private PageDownloader() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length == 0) {
      downloadLocalPages();
      return;
    }
    Path directory = Files.createDirectories(Path.of(arguments[0]));
    List<String> urls = List.of(arguments).subList(1, arguments.length);
    List<Download> downloads =
        Asyncio.run(() -> downloadAll(urls, directory, Duration.ofSeconds(60)));
    System.exit(downloads.stream().allMatch(it -> it.failure == null) ? 0 : 1);
  }

  private static void downloadLocalPages() throws IOException {
    Path directory = Files.createTempDirectory("pages");
    try (var pages = new LocalPages()) {
      Asyncio.run(() -> downloadAll(pages.getPages(), directory, Duration.ofSeconds(3)));
    } finally {
      try (var files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Downloads {@code urls}, at most four at once; a server that is busy is asked again. */
  private static List<Download> downloadAll(List<String> urls, Path directory, Duration timeLimit) {
    var progress = new Progress(urls.size());
    List<Download> downloads =
        urls.stream().map(url -> new Download(url, directory, progress)).toList();
    var options = new SessionOptions()
        .withLimits(4, 4)
        .withTimeout(timeLimit)
        .withRetry(new RetryOptions(3).withDelays(Duration.ofMillis(100), Duration.ofSeconds(30)))
        .withRaiseForStatus();
    try (var session = new ClientSession(options)) {
      await(gather(
          downloads.stream().map(it -> async(it.url, () -> it.run(session))).toList()));
    }
    printTable(downloads);
    return downloads;
  }

  /** How far all downloads are, together. Only ever used on the loop: no lock is needed. */
  private static final class Progress {
    private final int pages;
    private int finished;

    Progress(int pages) {
      this.pages = pages;
    }

    void pageFinished() {
      System.out.println(++finished + " of " + pages + " pages");
    }
  }

  /** The download of one page. */
  private static final class Download {
    final String url;
    private final Path directory;
    private final Progress progress;

    /** What came over the network, and what that was in the file: more, if it was compressed. */
    long received;

    long saved;
    Exception failure;

    Download(String url, Path directory, Progress progress) {
      this.url = url;
      this.directory = directory;
      this.progress = progress;
    }

    void run(ClientSession session) {
      try (var response = await(
          session.get(url, request -> request.onDownload((bytes, total) -> received = bytes)),
          IOException.class)) {
        // Under another name until it is whole.
        Path part = directory.resolve(name() + ".part");
        try {
          saved = await(response.saveTo(part), IOException.class);
          await(toThread(() -> Files.move(part, directory.resolve(name()), REPLACE_EXISTING)));
        } finally {
          await(toThread(() -> Files.deleteIfExists(part)));
        }
      } catch (IOException | TimeoutException e) {
        failure = e;
      }
      progress.pageFinished();
    }

    private String name() {
      String path = URI.create(url).getRawPath().replaceFirst("^/", "");
      return path.isEmpty() ? "index" : path.replace('/', '-');
    }
  }

  private static void printTable(List<Download> downloads) {
    int width = downloads.stream().mapToInt(it -> it.url.length()).max().orElse(0);
    String row = "%-" + width + "s  %9s  %9s  %s%n";
    System.out.printf(row, "PAGE", "RECEIVED", "SAVED", "RESULT");
    for (Download it : downloads) {
      String result = it.failure == null ? "OK" : it.failure.getMessage();
      System.out.printf(row, it.url, it.received, it.saved, result);
    }
  }
}
