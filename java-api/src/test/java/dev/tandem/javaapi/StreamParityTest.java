package dev.tandem.javaapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;

/** What the streams have in Kotlin, Java has as well. */
class StreamParityTest {
  private static final Map<Class<?>, Class<?>> FACES = Map.of(
      dev.tandem.streams.Connection.class, Connection.class,
      dev.tandem.streams.StreamReader.class, StreamReader.class,
      dev.tandem.streams.StreamWriter.class, StreamWriter.class,
      dev.tandem.streams.Server.class, Server.class,
      dev.tandem.streams.DatagramEndpoint.class, DatagramEndpoint.class);

  /** The text of the public API: to the JVM, Kotlin's internal functions are public. */
  private static final Path KOTLIN = Path.of("../ktor-streams/api/ktor-streams.api");

  private static final Pattern FUNCTION =
      Pattern.compile("^\\tpublic static final fun (\\w+).*Continuation;", Pattern.MULTILINE);

  @Test
  void everyMemberHasAFaceWithTheSameParameters() {
    FACES.forEach((kotlin, face) -> {
      var missing = signatures(kotlin);
      missing.removeAll(signatures(face));
      assertEquals(Set.of(), missing, face + " lacks them");
    });
  }

  @Test
  void everyFunctionThatSuspendsHasAFace() throws IOException {
    var kotlin = FUNCTION
        .matcher(Files.readString(KOTLIN))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(kotlin.contains("openConnection"), kotlin::toString);
    Stream.of(Streams.class, Transports.class)
        .flatMap(StreamParityTest::callable)
        .map(Method::getName)
        .forEach(kotlin::remove);
    assertEquals(Set.of(), kotlin);
  }

  private static Set<String> signatures(Class<?> type) {
    return callable(type)
        .filter(method -> !method.getName().startsWith("component"))
        .map(method -> nameOf(method) + parameters(method))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<Method> callable(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class && !method.isSynthetic())
        .filter(method -> !method.getName().contains("$"));
  }

  /** {@code getLimit} is {@code limit} in most faces. */
  private static String nameOf(Method method) {
    var name = method.getName();
    var isGetter = name.matches("get[A-Z].*") && method.getParameterCount() == 0;
    return isGetter ? name.substring(3, 4).toLowerCase() + name.substring(4) : name;
  }

  private static List<String> parameters(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .filter(type -> type != Continuation.class)
        .map(type -> type == Boolean.class ? "boolean" : type.getSimpleName())
        .collect(Collectors.toList());
  }
}
