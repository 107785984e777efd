/**
 * asyncio for Java: straight-line code in lambdas that {@code await}s what is not there yet.
 *
 * <p>One loop runs many tasks, one at a time. A task runs until it awaits something that is not done; only there do
 * others have their turn, so that between two awaits nobody changes anything behind its back, without a lock.
 *
 * <pre>{@code
 * import static dev.tandem.javaapi.Asyncio.*;
 *
 * static Coroutine<Page> fetch(URI address) {
 *   return async(() -> {                                  // nothing runs yet
 *     var connection = await(connect(address), IOException.class);
 *     return await(connection.read());
 *   });
 * }
 *
 * public static void main(String[] args) {
 *   Asyncio.run(() -> {
 *     Page first = await(fetch(one));                     // runs here, in this task
 *     var second = createTask(fetch(two));                // runs beside this task
 *     List<Page> more = await(gather(fetch(three), fetch(four)));
 *     Page slow = await(waitFor(second, Duration.ofSeconds(2)));
 *   });
 * }
 * }</pre>
 *
 * <h2>What there is</h2>
 *
 * <ul>
 *   <li>{@link dev.tandem.javaapi.Asyncio} has asyncio's functions under their names in camel case. What Python awaits
 *       is here a {@link dev.tandem.Coroutine}, {@link dev.tandem.Future} or {@link dev.tandem.Task}, or any {@link
 *       java.util.concurrent.CompletionStage}.
 *   <li>A body returns something ({@link java.util.concurrent.Callable}) or nothing ({@link
 *       dev.tandem.javaapi.VoidCallable}), and may throw anything. {@code await} throws that very object; {@code
 *       await(x, IOException.class)} declares it, so that it can be caught.
 *   <li>Cancelling a task throws a {@link dev.tandem.CancelledException} at the {@code await} where it stands. {@code
 *       catch (Exception e)} catches that as well: rethrow it, or catch less.
 *   <li>A task is a {@link java.util.concurrent.CompletableFuture}: {@code thenApply}, {@code allOf}, {@code orTimeout}
 *       and {@code cancel} work from any thread. {@code join} and {@code get} are for threads outside of the loop.
 *   <li>{@link dev.tandem.javaapi.Asyncio#start} runs a loop behind an application that is none itself.
 *   <li>Kotlin's coroutines and these are the same thing: either language awaits the other's.
 *   <li>In tests, {@code new Runner(new VirtualClock())} lets hours pass in no time.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * <p>Each task has a thread for its stack, virtual on JDK 21 and later, and the loop lets one of them run at a time. A
 * task that blocks ({@code Thread.sleep}, JDBC) therefore stops all others: block on another thread and await the
 * result. Nor await while holding a lock of threads, {@code synchronized} or {@code ReentrantLock}: the next task that
 * wants it would stop the loop for good; {@link dev.tandem.Lock} is for tasks.
 *
 * <p>The system property {@code tandem.carrier} forces {@code platform} or {@code virtual} threads.
 */
package dev.tandem.javaapi;
