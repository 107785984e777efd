package dev.tandem.streams

import dev.tandem.Clock
import dev.tandem.EventLoop
import dev.tandem.ExceptionHandler
import dev.tandem.SystemClock
import dev.tandem.allTasks
import dev.tandem.currentTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.streams.internal.ByteSource
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.timeout
import dev.tandem.toThread
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.nio.channels.SocketChannel
import java.nio.file.Files
import java.nio.file.Path
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Runs [body] as the main task of a loop, for 30 seconds at most, and checks that it leaves nothing open. */
internal fun streamTest(
    clock: Clock = SystemClock,
    body: suspend () -> Unit,
) {
    val unexpected = ArrayList<String>()
    val socketsBefore = openSockets()
    runLoop(clock) {
        val loop = runningLoop()
        loop.exceptionHandler = ExceptionHandler { _, context -> unexpected += "$context ${context.exception}" }
        if (clock === SystemClock) timeout(30.seconds) { body() } else body()
        shouldBeClean(loop)
    }
    unexpected.shouldBeEmpty()
    openSockets() shouldBe socketsBefore
}

/** How many sockets this process has open, where the system tells. */
private fun openSockets(): Int {
    val descriptors = Path.of("/proc/self/fd")
    if (!Files.isDirectory(descriptors)) return 0
    // From its first use on, the JDK keeps one for itself.
    SocketChannel.open().close()
    return Files.list(descriptors).use { all -> all.filter(::isSocket).count().toInt() }
}

private fun isSocket(descriptor: Path): Boolean =
    try {
        Files.readSymbolicLink(descriptor).toString().startsWith("socket:")
    } catch (_: IOException) {
        // Closed meanwhile, as that of the listing itself.
        false
    }

/** Checks that [loop] watches no channel, has no stream open and no task but this one. */
internal suspend fun shouldBeClean(loop: EventLoop = runningLoop()) {
    // A key is gone, and its channel really closed, after the next look at the selector; callbacks need a pass, too.
    passes(3)
    LoopStreams.of(loop).openCount shouldBe 0
    watchedKeys(loop).map { it.channel().toString() }.shouldBeEmpty()
    (allTasks(loop) - currentTask()).shouldBeEmpty()
}

/** Lets [count] passes of the loop go by. */
internal suspend fun passes(count: Int) {
    repeat(count) { sleep(Duration.ZERO) }
}

/** Lets passes go by until [condition] holds. */
internal suspend fun passUntil(condition: () -> Boolean) {
    while (!condition()) sleep(Duration.ZERO)
}

/** The keys of the loop's selector. It is the runtime's own affair, hence the reflection. */
internal fun watchedKeys(loop: EventLoop = runningLoop()): Set<SelectionKey> {
    val readiness = field(field(loop, "cycle"), "readiness")
    return (field(readiness, "selector") as Selector).keys()
}

private fun field(
    owner: Any,
    name: String,
): Any =
    owner.javaClass
        .getDeclaredField(name)
        .apply { isAccessible = true }
        .get(owner)

internal val LOOPBACK: String = "127.0.0.1"

/** A server made of plain JDK sockets, to be accepted from by hand: for what our own streams would never do. */
internal fun rawServer(backlog: Int = 10) = ServerSocket(0, backlog, InetAddress.getByName(LOOPBACK))

/** A plain JDK socket connected to [port]. */
internal fun rawClient(port: Int) = Socket(LOOPBACK, port)

/** Sends what was written so far into nowhere: the peer gets a reset. */
internal fun Socket.reset() {
    setSoLinger(true, 0)
    close()
}

/** Connects a stream to a raw socket. */
internal suspend fun rawPair(
    limit: Int = StreamReader.DEFAULT_LIMIT,
    body: suspend (Connection, Socket) -> Unit,
) {
    rawServer().use { server ->
        openConnection(LOOPBACK, server.localPort, limit = limit).use { connection ->
            server.accept().use { peer -> body(connection, peer) }
        }
    }
}

internal fun Socket.send(text: String) {
    getOutputStream().write(text.toByteArray())
}

/** Waits, on another thread, for the end of what the peer sends. */
internal suspend fun Socket.receiveAll(): String = toThread { getInputStream().readAllBytes().decodeToString() }

internal suspend fun Socket.receive(count: Int): String =
    toThread { getInputStream().readNBytes(count).decodeToString() }

/** A source that gives what it is fed. */
internal class FedSource(
    private val loop: EventLoop = runningLoop(),
) : ByteSource {
    private val pieces = ArrayDeque<ByteArray>()
    private var ended = false
    private var failure: Exception? = null
    private var arrival = loop.createFuture<Unit>()

    override val peer = "fed.example:1"
    override val arrivals: ByteBuffer = ByteBuffer.allocateDirect(64 * 1024)

    fun feed(text: String): FedSource = also { it.pieces += text.toByteArray() }.also { arrived() }

    fun end(): FedSource = also { it.ended = true }.also { arrived() }

    fun fail(exception: Exception): FedSource = also { it.failure = exception }.also { arrived() }

    override fun read(target: ByteBuffer): Int {
        val piece = pieces.removeFirstOrNull()
        if (piece != null) {
            target.put(piece)
            return piece.size
        }
        failure?.let { throw it }
        return if (ended) -1 else 0
    }

    override suspend fun awaitReadable() {
        if (arrival.done()) arrival = loop.createFuture()
        arrival.await()
    }

    private fun arrived() {
        arrival.complete(Unit)
    }
}

/** A socket whose peer is faster than this side reads. */
internal class EndlessSource : ByteSource {
    override val peer = "endless.example:1"
    override val arrivals: ByteBuffer = ByteBuffer.allocateDirect(64 * 1024)

    override fun read(target: ByteBuffer): Int = target.remaining().also { target.position(target.limit()) }

    override suspend fun awaitReadable() = passes(1)
}

internal fun reader(
    limit: Int = StreamReader.DEFAULT_LIMIT,
    vararg pieces: String,
): Pair<StreamReader, FedSource> {
    val source = FedSource()
    pieces.forEach(source::feed)
    return StreamReader(source, limit) to source
}

internal fun ByteArray.text(): String = decodeToString()

/** Connects to a server that may not listen yet. */
internal suspend fun connectWhenReady(connect: suspend () -> Connection): Connection {
    while (true) {
        try {
            return connect()
        } catch (_: IOException) {
            sleep(20.milliseconds)
        }
    }
}
