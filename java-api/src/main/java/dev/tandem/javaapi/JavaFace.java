package dev.tandem.javaapi;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A Kotlin object as Java wants to see it: behind an interface that declares its {@code suspend} functions without
 * continuations.
 *
 * <pre>{@code
 * interface UserRepository {                        // Kotlin
 *     suspend fun findUser(id: Int): User
 *     suspend fun rename(user: User, name: String)
 *     fun allUsers(): Flow<User>
 * }
 *
 * interface UserRepositoryAsync {                   // Java
 *   CompletableFuture<User> findUser(int id);       // from any thread
 *   void rename(User user, String name);            // in a task, which waits
 *   AsyncIterable<User> allUsers();
 * }
 *
 * UserRepositoryAsync users = JavaFace.of(UserRepositoryAsync.class, kotlinRepository);
 * }</pre>
 */
public final class JavaFace {
  private JavaFace() {}

  /**
   * Returns an object that implements {@code face} by calling {@code kotlin}.
   *
   * <p>The partner of a method is the function with its name that takes its parameters. How the method declares its
   * result says how it is called, for a function with the result {@code T}:
   *
   * <table>
   *   <caption>Results</caption>
   *   <tr><td>{@code CompletableFuture<T>}, {@code CompletionStage}, {@code java.util.concurrent.Future}
   *       <td>as {@link Suspending#future}, from any thread
   *   <tr><td>{@code Task<T>}, {@code dev.tandem.Future} <td>as a new task of the running loop
   *   <tr><td>{@code Coroutine<T>}, {@code Awaitable} <td>called once it is awaited
   *   <tr><td>{@code T} itself <td>in a task, which waits; a function that does not suspend, on any thread
   * </table>
   *
   * <p>For {@code T}, Java may say a supertype; {@code void} or {@code Void} for {@code Unit}; and for a Kotlin flow
   * {@link java.util.concurrent.Flow.Publisher}, {@link AsyncIterable} or {@link java.util.stream.Stream}. Inherited
   * methods count; a default method that has no partner keeps its body. Functions that the interface does not have are
   * left alone.
   *
   * <p>Exceptions come through as they are. A checked one that a method does not declare is the cause of an {@link
   * UndeclaredThrowableException}, as Java's proxies have it.
   *
   * <p><b>Threading.</b> Any thread.
   *
   * @param face an interface
   * @param kotlin the object behind it
   * @param <F> the type of the interface
   * @return the face; it equals another of the same interface with an equal object behind it
   * @throws IllegalArgumentException if methods have no partner; it lists all of them, and why
   */
  public static <F> F of(Class<F> face, Object kotlin) {
    Objects.requireNonNull(face, "face");
    Objects.requireNonNull(kotlin, "kotlin");
    if (!face.isInterface()) {
      throw new IllegalArgumentException(face.getName()
          + " is no interface. A face is one that declares what Java wants to call.");
    }
    var calls = new Calls(face, kotlin, partners(face, kotlin));
    return face.cast(Proxy.newProxyInstance(face.getClassLoader(), new Class<?>[] {face}, calls));
  }

  private static Map<Method, FaceMethod> partners(Class<?> face, Object kotlin) {
    var functions = KotlinFunction.of(kotlin);
    var bindings = FaceType.bindings(face);
    var partners = new HashMap<Method, FaceMethod>();
    var misfits = new ArrayList<String>();
    int count = 0;
    for (Method method : face.getMethods()) {
      if (Modifier.isStatic(method.getModifiers()) || method.isBridge() || isOfObject(method)) {
        continue;
      }
      count++;
      var match = new FaceMatch(method, bindings, functions);
      if (match.partner() != null) {
        partners.put(method, match.partner());
      } else if (!method.isDefault()) {
        misfits.add(match.describeMisfit());
      }
    }
    if (!misfits.isEmpty()) {
      throw new IllegalArgumentException(describe(face, kotlin, misfits, count));
    }
    return partners;
  }

  private static String describe(Class<?> face, Object kotlin, List<String> misfits, int count) {
    misfits.sort(null);
    return face.getSimpleName()
        + " is no face of "
        + kotlin.getClass().getSimpleName()
        + ": "
        + misfits.size()
        + " of its "
        + count
        + " methods "
        + (misfits.size() == 1 ? "has" : "have")
        + " no partner there.\n"
        + String.join("\n", misfits);
  }

  private static boolean isOfObject(Method method) {
    return switch (method.getName()) {
      case "toString", "hashCode" -> method.getParameterCount() == 0;
      case "equals" -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {Object.class});
      default -> false;
    };
  }

  /** What the proxy calls. */
  private record Calls(Class<?> face, Object kotlin, Map<Method, FaceMethod> partners)
      implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      FaceMethod partner = partners.get(method);
      if (partner != null) {
        return call(partner, method, arguments == null ? new Object[0] : arguments);
      }
      if (isOfObject(method)) {
        return callOfObject(method, arguments);
      }
      method.trySetAccessible();
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }

    private Object call(FaceMethod partner, Method method, Object[] arguments) throws Throwable {
      try {
        return partner.call(arguments);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        for (Class<?> declared : method.getExceptionTypes()) {
          if (declared.isInstance(e)) {
            throw e;
          }
        }
        throw new UndeclaredThrowableException(
            e,
            face.getSimpleName()
                + "."
                + method.getName()
                + " does not declare what "
                + partner
                + " threw. Let it say \"throws "
                + e.getClass().getSimpleName()
                + "\".");
      }
    }

    private Object callOfObject(Method method, Object[] arguments) {
      return switch (method.getName()) {
        case "toString" -> face.getSimpleName() + " of " + kotlin;
        case "hashCode" -> kotlin.hashCode();
        default -> isEqualFace(arguments[0]);
      };
    }

    private boolean isEqualFace(Object other) {
      return other != null
          && Proxy.isProxyClass(other.getClass())
          && Proxy.getInvocationHandler(other) instanceof Calls calls
          && calls.face == face
          && calls.kotlin.equals(kotlin);
    }
  }
}
