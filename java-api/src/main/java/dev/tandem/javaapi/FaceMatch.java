package dev.tandem.javaapi;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The search for the Kotlin function that a method of a Java interface means, and why there is none. */
final class FaceMatch {
  private static final int MOST_NEIGHBOURS = 3;

  private final Method method;
  private final FaceType result;
  private final List<FaceType> parameters;
  private final List<KotlinFunction> functions;
  private FaceMethod partner;
  private String misfit;

  FaceMatch(Method method, Map<TypeVariable<?>, Type> bindings, List<KotlinFunction> functions) {
    this.method = method;
    this.functions = functions;
    result = FaceType.of(method.getGenericReturnType(), bindings);
    parameters = Arrays.stream(method.getGenericParameterTypes())
        .map(type -> FaceType.of(type, bindings))
        .toList();
    search();
  }

  /** Returns the partner, or null if there is none. */
  FaceMethod partner() {
    return partner;
  }

  /** Returns the method and, indented below, why it has no partner. */
  String describeMisfit() {
    String signature = result
        + " "
        + method.getName()
        + parameters.stream().map(FaceType::name).collect(Collectors.joining(", ", "(", ")"));
    return "  " + signature + "\n    " + misfit;
  }

  private void search() {
    var named = functions.stream().filter(f -> f.name.equals(method.getName())).toList();
    if (named.isEmpty()) {
      misfit = describeMissingName();
      return;
    }
    var fitting = named.stream().filter(this::takesTheParameters).toList();
    var exact = fitting.stream().filter(this::takesExactlyTheParameters).toList();
    var best = exact.isEmpty() ? fitting : exact;
    if (best.isEmpty()) {
      misfit = "The parameters differ from those of " + list(named) + ".";
    } else if (best.size() > 1) {
      misfit = "It could mean any of "
          + list(best)
          + ". Declare exactly the parameters of the one that is meant.";
    } else {
      matchResult(best.get(0));
    }
  }

  private void matchResult(KotlinFunction function) {
    partner = FaceMethod.of(function, result);
    if (partner == null) {
      misfit = "The result differs from that of "
          + function
          + ". It could be "
          + FaceMethod.describeResults(function)
          + ".";
    }
  }

  private boolean takesTheParameters(KotlinFunction function) {
    if (function.parameters.size() != parameters.size()) {
      return false;
    }
    for (int i = 0; i < parameters.size(); i++) {
      if (!function.parameters.get(i).accepts(parameters.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean takesExactlyTheParameters(KotlinFunction function) {
    for (int i = 0; i < parameters.size(); i++) {
      if (!function.parameters.get(i).isExactly(parameters.get(i))) {
        return false;
      }
    }
    return true;
  }

  private String describeMissingName() {
    var mangled = functions.stream()
        .filter(f -> f.name.startsWith(method.getName() + "-"))
        .toList();
    if (!mangled.isEmpty()) {
      return "Kotlin gives a function with a value class, such as kotlin.time.Duration, a name that Java cannot say: "
          + list(mangled)
          + ". Add a function without one for Java.";
    }
    var neighbours = functions.stream()
        .filter(f -> distance(f) <= 2 + method.getName().length() / 4)
        .sorted(Comparator.comparingInt(this::distance).thenComparing(KotlinFunction::toString))
        .limit(MOST_NEIGHBOURS)
        .toList();
    return neighbours.isEmpty()
        ? "There is no function of that name, nor one like it."
        : "There is no function of that name. Is it " + list(neighbours) + "?";
  }

  private static String list(List<KotlinFunction> functions) {
    return functions.stream()
        .map(KotlinFunction::toString)
        .sorted()
        .collect(Collectors.joining(", or "));
  }

  /** How many letters the names differ in. The getter of a Kotlin property is as near as the property. */
  private int distance(KotlinFunction function) {
    String wanted = method.getName().toLowerCase(Locale.ROOT);
    String found = function.name.toLowerCase(Locale.ROOT);
    return Math.min(
        editDistance(wanted, found),
        found.startsWith("get") ? editDistance(wanted, found.substring(3)) : Integer.MAX_VALUE);
  }

  private static int editDistance(String a, String b) {
    var row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
