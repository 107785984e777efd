package dev.tandem.javaapi;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import kotlin.coroutines.Continuation;

/**
 * A function of a Kotlin object as its source has it: a suspend function without the continuation, and with the result
 * that the continuation takes.
 */
final class KotlinFunction {
  final String name;
  final List<FaceType> parameters;
  final FaceType result;
  final boolean suspends;

  /** Takes all arguments, a continuation among them, as one array. */
  private final MethodHandle handle;

  private KotlinFunction(Method method, Map<TypeVariable<?>, Type> bindings, MethodHandle handle) {
    this.handle = handle;
    name = method.getName();
    var types = Arrays.stream(method.getGenericParameterTypes())
        .map(type -> FaceType.of(type, bindings))
        .collect(Collectors.toCollection(ArrayList::new));
    suspends = !types.isEmpty() && types.get(types.size() - 1).raw() == Continuation.class;
    result = suspends
        ? types.remove(types.size() - 1).argument(0)
        : FaceType.of(method.getGenericReturnType(), bindings);
    parameters = types;
  }

  /** Returns the functions of {@code target} that can be called, one for each signature. */
  static List<KotlinFunction> of(Object target) {
    var bindings = FaceType.bindings(target.getClass());
    var functions = new LinkedHashMap<String, KotlinFunction>();
    for (Class<?> type : typesOf(target.getClass())) {
      for (Method method : type.getDeclaredMethods()) {
        MethodHandle handle = isFunction(method) ? handleOf(method, target) : null;
        if (handle != null) {
          var function = new KotlinFunction(method, bindings, handle);
          functions.putIfAbsent(function.signature(), function);
        }
      }
    }
    return List.copyOf(functions.values());
  }

  /** Calls a suspend function with {@code continuation}, another one without. */
  Object call(Object[] arguments, Continuation<?> continuation) throws Exception {
    Object[] all = arguments;
    if (suspends) {
      all = Arrays.copyOf(arguments, arguments.length + 1);
      all[arguments.length] = continuation;
    }
    try {
      return handle.invokeExact(all);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("Kotlin threw what is neither an exception nor an error.", e);
    }
  }

  @Override
  public String toString() {
    return (suspends ? "suspend " : "")
        + name
        + parameters.stream().map(FaceType::name).collect(Collectors.joining(", ", "(", ")"))
        + ": "
        + (result.raw() == Void.class ? "Unit" : result.name());
  }

  private String signature() {
    return name
        + parameters.stream().map(type -> type.raw().getName()).toList()
        + (suspends ? "suspend" : "");
  }

  /** The class and all that it inherits from: public ones first, since their methods can always be called. */
  private static List<Class<?>> typesOf(Class<?> type) {
    var types = new LinkedHashSet<Class<?>>();
    for (Class<?> t = type; t != null && t != Object.class; t = t.getSuperclass()) {
      types.add(t);
    }
    for (Class<?> t : List.copyOf(types)) {
      addInterfaces(t, types);
    }
    var sorted = new ArrayList<Class<?>>(types);
    sorted.sort((a, b) ->
        Boolean.compare(Modifier.isPublic(b.getModifiers()), Modifier.isPublic(a.getModifiers())));
    return sorted;
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> types) {
    for (Class<?> supertype : type.getInterfaces()) {
      types.add(supertype);
      addInterfaces(supertype, types);
    }
  }

  private static boolean isFunction(Method method) {
    return Modifier.isPublic(method.getModifiers())
        && !Modifier.isStatic(method.getModifiers())
        && !method.isSynthetic();
  }

  /** Returns null if the method cannot be called from here. */
  private static MethodHandle handleOf(Method method, Object target) {
    try {
      method.trySetAccessible();
      return MethodHandles.publicLookup()
          .unreflect(method)
          .asFixedArity()
          .bindTo(target)
          .asSpreader(Object[].class, method.getParameterCount())
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (IllegalAccessException e) {
      return null;
    }
  }
}
