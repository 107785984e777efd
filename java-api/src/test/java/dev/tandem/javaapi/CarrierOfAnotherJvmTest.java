package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.javaapi.internal.CarrierKind;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM that was started with other options than this one has for its tasks. */
@Timeout(60)
class CarrierOfAnotherJvmTest {
  private static final String MAIN = CarrierOfAnotherJvmTest.class.getName();
  private static final String CLASS_PATH = System.getProperty("java.class.path");

  /** The other JVM: prints what a task runs on, or why there is nothing to run on. */
  public static void main(String[] arguments) {
    try {
      System.out.print(Asyncio.run(() -> await(createTask(() ->
          Thread.currentThread().getClass().getSimpleName() + " of " + CarrierKind.chosen()))));
    } catch (UnsupportedOperationException e) {
      System.out.print(e.getMessage());
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void mountedThreadsAreRefusedWithTheFlagThatIsMissing() throws Exception {
    assertEquals(
        "The system property tandem.carrier asks for mounted threads, but the package java.lang is closed to this "
            + "library. Start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED (on the module path: "
            + "=dev.tandem.javaapi), or put the line \"Add-Opens: java.base/java.lang\" into the manifest of an "
            + "executable jar. Without the property, tasks get the cheapest threads that this JVM has.",
        outputOf("-Dtandem.carrier=mounted", "-cp", CLASS_PATH, MAIN));
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void flagGivesMountedThreads() throws Exception {
    assertEquals(
        "VirtualThread of mounted",
        outputOf("--add-opens", "java.base/java.lang=ALL-UNNAMED", "-cp", CLASS_PATH, MAIN));
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void lineInTheManifestGivesMountedThreads(@TempDir Path directory) throws Exception {
    Path jar = directory.resolve("application.jar");
    writeJar(jar, "Add-Opens", "java.base/java.lang");
    assertEquals("VirtualThread of mounted", outputOf("-jar", jar.toString()));
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void withoutOptionsTasksRunOnVirtualThreads() throws Exception {
    assertEquals("VirtualThread of virtual", outputOf("-cp", CLASS_PATH, MAIN));
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void withoutVirtualThreadsTasksRunOnPlatformThreads() throws Exception {
    assertEquals("Thread of platform", outputOf("-cp", CLASS_PATH, MAIN));
  }

  private static String outputOf(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.waitFor();
    }
  }

  /** An executable jar that only says where the classes are, and {@code name: value}. */
  private static void writeJar(Path jar, String name, String value) throws IOException {
    var manifest = new Manifest();
    Attributes lines = manifest.getMainAttributes();
    lines.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    lines.put(Attributes.Name.MAIN_CLASS, MAIN);
    lines.put(
        Attributes.Name.CLASS_PATH,
        Stream.of(CLASS_PATH.split(File.pathSeparator))
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    lines.putValue(name, value);
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
  }
}
