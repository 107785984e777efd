package dev.tandem.javaapi;

import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A type of a method, as far as a match of two methods depends on it: primitive types are boxed, a wildcard is its
 * bound, and the type parameter of a class is what it stands for.
 *
 * @param raw the class
 * @param arguments of a generic type; empty where they are not known
 * @param open whether this stands for any type below {@code raw}, as the type parameter of a method does
 * @param name how the source has it
 */
record FaceType(Class<?> raw, List<FaceType> arguments, boolean open, String name) {
  private static final FaceType ANY = new FaceType(Object.class, List.of(), true, "?");

  /** Returns what the type parameters of the supertypes of {@code type} stand for. */
  static Map<TypeVariable<?>, Type> bindings(Class<?> type) {
    var bindings = new HashMap<TypeVariable<?>, Type>();
    addBindings(type, bindings);
    return bindings;
  }

  /** Returns {@code type}, whose parameters stand for what {@code bindings} says. */
  static FaceType of(Type type, Map<TypeVariable<?>, Type> bindings) {
    if (type instanceof Class<?> raw) {
      Class<?> boxed = MethodType.methodType(raw).wrap().returnType();
      return new FaceType(boxed, List.of(), false, raw.getSimpleName());
    }
    if (type instanceof ParameterizedType generic) {
      var arguments = Arrays.stream(generic.getActualTypeArguments())
          .map(argument -> of(argument, bindings))
          .toList();
      var raw = (Class<?>) generic.getRawType();
      var names =
          arguments.stream().map(FaceType::name).collect(Collectors.joining(", ", "<", ">"));
      return new FaceType(raw, arguments, false, raw.getSimpleName() + names);
    }
    if (type instanceof WildcardType wildcard) {
      return wildcard.getLowerBounds().length > 0
          ? of(wildcard.getLowerBounds()[0], bindings)
          : ofBound(wildcard.getUpperBounds()[0], bindings);
    }
    if (type instanceof GenericArrayType array) {
      FaceType component = of(array.getGenericComponentType(), bindings);
      return new FaceType(
          component.raw.arrayType(), List.of(), component.open, component.name + "[]");
    }
    var variable = (TypeVariable<?>) type;
    Type meaning = bindings.get(variable);
    return meaning != null
        ? of(meaning, bindings)
        : new FaceType(erasure(variable), List.of(), true, variable.getName());
  }

  /** Returns argument {@code index} of a generic type, or any type where it is not known. */
  FaceType argument(int index) {
    return index < arguments.size() ? arguments.get(index) : ANY;
  }

  /** Whether a value of type {@code other} is one of this type. */
  boolean accepts(FaceType other) {
    return raw.isAssignableFrom(other.raw)
        ? raw != other.raw || haveLikeArguments(other)
        : (open || other.open) && other.raw.isAssignableFrom(raw);
  }

  /** Whether both are the same class. */
  boolean isExactly(FaceType other) {
    return raw == other.raw;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Type arguments that differ in a bound or a wildcard may still mean the same; here, only what cannot is refused. */
  private boolean haveLikeArguments(FaceType other) {
    if (arguments.size() != other.arguments.size()) {
      return true;
    }
    for (int i = 0; i < arguments.size(); i++) {
      FaceType one = arguments.get(i);
      FaceType two = other.arguments.get(i);
      if (!one.accepts(two) && !two.accepts(one)) {
        return false;
      }
    }
    return true;
  }

  private static FaceType ofBound(Type bound, Map<TypeVariable<?>, Type> bindings) {
    return bound == Object.class ? ANY : of(bound, bindings);
  }

  private static void addBindings(Type type, Map<TypeVariable<?>, Type> bindings) {
    if (type instanceof ParameterizedType generic) {
      TypeVariable<?>[] variables = ((Class<?>) generic.getRawType()).getTypeParameters();
      for (int i = 0; i < variables.length; i++) {
        bindings.put(variables[i], generic.getActualTypeArguments()[i]);
      }
      addBindings(generic.getRawType(), bindings);
    } else if (type instanceof Class<?> raw) {
      if (raw.getGenericSuperclass() != null) {
        addBindings(raw.getGenericSuperclass(), bindings);
      }
      for (Type supertype : raw.getGenericInterfaces()) {
        addBindings(supertype, bindings);
      }
    }
  }

  private static Class<?> erasure(TypeVariable<?> variable) {
    Type bound = variable.getBounds()[0];
    while (true) {
      if (bound instanceof Class<?> raw) {
        return raw;
      }
      bound = bound instanceof ParameterizedType generic
          ? generic.getRawType()
          : ((TypeVariable<?>) bound).getBounds()[0];
    }
  }
}
