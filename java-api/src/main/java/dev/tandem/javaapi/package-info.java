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
 *     String text = await(toThread(() -> Files.readString(path)));   // blocks another thread
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
 *   <li>{@code gather} runs several awaitables at once and gives a list, or with a last argument, such as a record's
 *       constructor, one object: {@code await(gather(user(42), orders(42), Page::new))}. {@code asCompleted} gives them
 *       as they are done, {@code Asyncio.wait} tells which are.
 *   <li>What has to know how a block ends takes it as a lambda: {@code timeout(delay, () -> ...)}, {@code
 *       taskGroup(group -> ...)}. {@link dev.tandem.javaapi.Timeout} and {@link dev.tandem.javaapi.TaskGroup} are the
 *       same as objects: to move a limit, or for the result of a group's body.
 *   <li>A task is a {@link java.util.concurrent.CompletableFuture}: {@code thenApply}, {@code allOf}, {@code orTimeout}
 *       and {@code cancel} work from any thread. {@code join} and {@code get} are for threads outside of the loop.
 *   <li>{@link dev.tandem.javaapi.Asyncio#start} runs a loop behind an application that is none itself.
 *   <li>Kotlin's coroutines and these are the same thing: either language awaits the other's. {@code await(k ->
 *       repository.findUser(42, k))} calls a suspend function; {@link dev.tandem.javaapi.Suspending} has the rest: {@code
 *       return suspend(k, () -> ...)} implements one, {@code iterate(flow)} is for a for-each loop. {@link
 *       dev.tandem.javaapi.JavaFace} shows a whole interface.
 *   <li>{@link dev.tandem.javaapi.Streams} opens connections and servers over TCP, TLS and Unix sockets, {@link
 *       dev.tandem.javaapi.Transports} UDP sockets and asyncio's transports, {@link dev.tandem.javaapi.ClientSession}
 *       does HTTP. They need the modules {@code tandem-ktor-streams} and {@code tandem-http}.
 *   <li>In tests, {@code new Runner(new VirtualClock())} lets hours pass in no time.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * <p>Each task has a thread for its stack, virtual on JDK 21 and later, and one of them runs at a time. A
 * task that blocks ({@code Thread.sleep}, JDBC) therefore stops all others: block on another thread and await the
 * result, {@code await(toThread(() -> ...))}. Nor await while holding a lock of threads, {@code synchronized} or {@code
 * ReentrantLock}: the next task that wants it would stop the loop for good; {@link dev.tandem.javaapi.Lock} is for
 * tasks.
 *
 * <p>Other threads hand work to a loop with {@code runCoroutineThreadsafe} or {@link
 * dev.tandem.EventLoop#callSoonThreadsafe}.
 *
 * <p>The threads are mounted on the loop's own where that can be had (JDK 24 and later, started with {@code --add-opens
 * java.base/java.lang=ALL-UNNAMED}), or else virtual (JDK 21 and later), or else platform threads. The system property
 * {@code tandem.carrier} forces {@code mounted}, {@code virtual} or {@code platform}; results are the same on all three.
 */
package dev.tandem.javaapi;
