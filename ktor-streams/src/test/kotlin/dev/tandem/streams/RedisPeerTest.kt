package dev.tandem.streams

import dev.tandem.createTask
import dev.tandem.gather
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** Redis's protocol, spoken over our streams to a real server: on TCP and on a Unix socket. */
class RedisPeerTest {
    @TempDir
    lateinit var directory: Path

    @BeforeEach
    fun needsRedis() = Program.assumeInstalled("redis-server", "redis-server")

    @Test
    fun commandsAreAnsweredOneByOne() =
        onBoth { redis ->
            redis.call("PING") shouldBe "PONG"
            redis.call("SET", "key", "a value") shouldBe "OK"
            redis.call("GET", "key") shouldBe "a value"
            redis.call("GET", "none") shouldBe null
            redis.call("NONSENSE").toString().startsWith("ERR unknown command") shouldBe true
        }

    @Test
    fun manyCommandsAreSentBeforeTheFirstAnswerIsRead() =
        onBoth { redis ->
            repeat(10_000) { redis.send("INCR", "counter") }
            redis.writer.drain()
            repeat(10_000) { redis.answer() shouldBe it + 1L }
        }

    @Test
    fun aLargeValueComesBackWhole() =
        onBoth { redis ->
            val value = "0123456789".repeat(1_000_000)
            redis.call("SET", "large", value) shouldBe "OK"
            (redis.call("GET", "large") == value) shouldBe true
        }

    @Test
    fun oneTaskWritesWhileAnotherReads() =
        onBoth { redis ->
            val answers = createTask { List(2_000) { redis.answer() } }
            val commands =
                createTask {
                    repeat(2_000) {
                        redis.send("ECHO", "x".repeat(1_000))
                        redis.writer.drain()
                    }
                }
            gather(answers, commands).await()
            answers.result().toSet() shouldBe setOf("x".repeat(1_000))
        }

    /** Runs [body] with one server, over TCP and then over its Unix socket. */
    private fun onBoth(body: suspend (Redis) -> Unit) =
        streamTest {
            val socket = directory.resolve("redis.sock")
            val port = unusedPort()
            val where = "--bind 127.0.0.1 --port $port --unixsocket $socket --dir $directory".split(' ').toTypedArray()
            Program.start("redis-server", *where, "--save", "", "--appendonly", "no").use {
                connectWhenReady { openConnection(LOOPBACK, port) }.use { body(Redis(it)) }
                connectWhenReady { openUnixConnection(socket) }.use {
                    Redis(it).apply { call("FLUSHALL") }.let { redis -> body(redis) }
                }
            }
        }

    /** As much of the protocol as these tests need. */
    private class Redis(
        connection: Connection,
    ) {
        private val reader = connection.reader
        val writer = connection.writer

        suspend fun call(vararg words: String): Any? {
            send(*words)
            writer.drain()
            return answer()
        }

        fun send(vararg words: String) {
            val request = words.joinToString("", "*${words.size}\r\n") { "$${it.length}\r\n$it\r\n" }
            writer.write(request.toByteArray())
        }

        suspend fun answer(): Any? {
            val line = reader.readUntil(END).text().removeSuffix("\r\n")
            val rest = line.drop(1)
            return when (line[0]) {
                '+', '-' -> rest
                ':' -> rest.toLong()
                '$' -> if (rest == "-1") null else reader.readExactly(rest.toInt() + 2).text().removeSuffix("\r\n")
                else -> error("An answer that was not asked for: $line")
            }
        }

        private companion object {
            val END = "\r\n".toByteArray()
        }
    }
}
