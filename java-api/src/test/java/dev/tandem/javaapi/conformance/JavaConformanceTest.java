package dev.tandem.javaapi.conformance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;

import dev.tandem.conformance.Corpus;
import dev.tandem.conformance.Scenario;
import dev.tandem.javaapi.internal.CarrierKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Runs every scenario of a corpus, in Java's direct style and on every carrier that this JVM has, and compares its trace
 * with CPython's, event for event.
 *
 * <p>The system property {@code conformance.corpus} names another corpus than the one of the build; the files under
 * {@code shared/conformance} make one and specify what a scenario is. The package {@code dev.tandem.conformance} has the
 * Kotlin twin of what is here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaConformanceTest {
  private final Logger log = Logger.getLogger("dev.tandem");
  private final List<CarrierUnderTest> carriers = new ArrayList<>();

  @TestFactory
  Stream<DynamicContainer> everyScenarioGivesTheTraceOfCPython() {
    Map<String, List<Scenario>> profiles =
        Corpus.read(System.getProperty("conformance.corpus")).stream()
            .collect(groupingBy(Scenario::getProfile, LinkedHashMap::new, toList()));
    return Stream.of(CarrierKind.values())
        .filter(CarrierKind::isAvailable)
        .map(kind -> dynamicContainer(kind.toString(), testsOn(kind, profiles)));
  }

  /** Scenarios forget failed futures on purpose, and what the loop logs of them is no part of a trace. */
  @BeforeAll
  void silenceLog() {
    log.setLevel(Level.OFF);
  }

  @AfterAll
  void printSummaries() {
    log.setLevel(null);
    carriers.forEach(CarrierUnderTest::close);
  }

  private Stream<DynamicContainer> testsOn(CarrierKind kind, Map<String, List<Scenario>> profiles) {
    var carrier = new CarrierUnderTest(kind);
    carriers.add(carrier);
    return profiles.entrySet().stream()
        .map(profile ->
            dynamicContainer(profile.getKey(), profile.getValue().stream().map(carrier::test)));
  }
}
