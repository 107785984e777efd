package dev.tandem.javaapi;

/**
 * What makes one object of several results of different types, for {@link Asyncio#gather}: usually a record's
 * constructor. For two results it is a {@link java.util.function.BiFunction}.
 */
public final class Combiner {
  private Combiner() {}

  /**
   * Makes one object of three.
   *
   * @param <A> the type of the first
   * @param <B> the type of the second
   * @param <C> the type of the third
   * @param <R> the type of the object
   */
  @FunctionalInterface
  public interface OfThree<A, B, C, R> {
    /**
     * Combines the results.
     *
     * @param a the first
     * @param b the second
     * @param c the third
     * @return the object
     */
    R combine(A a, B b, C c);
  }

  /**
   * Makes one object of four.
   *
   * @param <A> the type of the first
   * @param <B> the type of the second
   * @param <C> the type of the third
   * @param <D> the type of the fourth
   * @param <R> the type of the object
   */
  @FunctionalInterface
  public interface OfFour<A, B, C, D, R> {
    /**
     * Combines the results.
     *
     * @param a the first
     * @param b the second
     * @param c the third
     * @param d the fourth
     * @return the object
     */
    R combine(A a, B b, C c, D d);
  }

  /**
   * Makes one object of five.
   *
   * @param <A> the type of the first
   * @param <B> the type of the second
   * @param <C> the type of the third
   * @param <D> the type of the fourth
   * @param <E> the type of the fifth
   * @param <R> the type of the object
   */
  @FunctionalInterface
  public interface OfFive<A, B, C, D, E, R> {
    /**
     * Combines the results.
     *
     * @param a the first
     * @param b the second
     * @param c the third
     * @param d the fourth
     * @param e the fifth
     * @return the object
     */
    R combine(A a, B b, C c, D d, E e);
  }
}
