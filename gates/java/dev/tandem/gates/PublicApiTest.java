package dev.tandem.gates;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jetbrains.kotlin.abi.tools.AbiFilters;
import org.jetbrains.kotlin.abi.tools.AbiTools;
import org.junit.jupiter.api.Test;

/**
 * The public API of a library module is the text {@code api/<module>.api}, so that no change of it
 * goes unseen.
 *
 * <p>Every library module compiles this one class among its own tests. It reads class files, not
 * the running JDK, and leaves out what is internal: Kotlin's {@code internal} and the packages of
 * that name.
 */
class PublicApiTest {
  private static final String UPDATE =
      "mvn test -Dapi.update=true -Dtest=PublicApiTest -Dsurefire.failIfNoSpecifiedTests=false";

  private static final AbiFilters NOT_INTERNAL = new AbiFilters(
      Set.of(), Set.of("dev.tandem.internal.**", "dev.tandem.**.internal.**"), Set.of(), Set.of());

  private final AbiTools tools =
      AbiTools.Companion.getInstance(PublicApiTest.class.getClassLoader());
  private final Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private final Path committed = module.resolve("api").resolve(module.getFileName() + ".api");

  @Test
  void isTheCommittedOne() throws IOException {
    String actual = render(module.resolve("target/classes"));
    if (Boolean.getBoolean("api.update")) {
      Files.createDirectories(committed.getParent());
      Files.writeString(committed, actual);
    } else if (!actual.equals(Files.exists(committed) ? Files.readString(committed) : "")) {
      fail("The public API is not the one in " + module.getParent().relativize(committed)
          + ". If the change is meant, run `" + UPDATE + "` and commit the file.\n"
          + difference(actual));
    }
  }

  private String render(Path classes) throws IOException {
    var text = new StringBuilder();
    if (Files.isDirectory(classes)) {
      try (Stream<Path> files = Files.walk(classes)) {
        List<File> classFiles = files
            .filter(file -> file.toString().endsWith(".class"))
            .map(Path::toFile)
            .sorted()
            .toList();
        tools.printJvmDump(text, classFiles, NOT_INTERNAL);
      }
    }
    return text.toString();
  }

  private String difference(String actual) throws IOException {
    if (!Files.exists(committed)) return "There is no such file yet.";
    Path found =
        Files.writeString(module.resolve("target").resolve(committed.getFileName()), actual);
    return tools.filesDiff(committed.toFile(), found.toFile());
  }
}
