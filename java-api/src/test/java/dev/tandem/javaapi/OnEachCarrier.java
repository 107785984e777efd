package dev.tandem.javaapi;

import dev.tandem.VirtualClock;
import dev.tandem.javaapi.internal.CarrierKind;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every test of a subclass once on each carrier that this JVM has. Nothing here takes long: a test that does has
 * lost a wake-up.
 */
@Timeout(60)
@ParameterizedClass(name = "{0}")
@MethodSource("dev.tandem.javaapi.OnEachCarrier#available")
abstract class OnEachCarrier {
  static final Duration SECOND = Duration.ofSeconds(1);

  @Parameter
  CarrierKind kind;

  static Stream<CarrierKind> available() {
    return Stream.of(CarrierKind.values()).filter(CarrierKind::isAvailable);
  }

  @BeforeEach
  void forceCarrier() {
    System.setProperty(CarrierKind.PROPERTY, kind.toString());
  }

  @AfterEach
  void chooseCarrier() {
    System.clearProperty(CarrierKind.PROPERTY);
  }

  /** Runs {@code body} in virtual time. */
  static <T> T run(Callable<T> body) {
    try (var runner = new Runner(new VirtualClock())) {
      return runner.run(body);
    }
  }

  /** Runs {@code body} in virtual time. */
  static void run(VoidCallable body) {
    try (var runner = new Runner(new VirtualClock())) {
      runner.run(body);
    }
  }

  static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
