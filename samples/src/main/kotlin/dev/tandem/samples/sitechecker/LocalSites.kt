package dev.tandem.samples.sitechecker

import dev.tandem.Coroutine
import dev.tandem.coroutine
import dev.tandem.sleep
import dev.tandem.streams.Server
import dev.tandem.streams.StreamReader
import dev.tandem.streams.StreamWriter
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.startServer
import kotlin.time.Duration.Companion.milliseconds

/**
 * Small web servers on this machine, for trying the site checker: some answer, some fail in the ways in which sites do.
 *
 * Written once, in Kotlin: [start] returns a coroutine, which either language awaits.
 */
class LocalSites private constructor(
    private val answering: Map<String, Server>,
    private val failing: Map<String, Server>,
    /** Trusts the certificate of the one that answers with TLS, and no other. */
    val trust: TlsOptions,
) : AutoCloseable {
    /** The addresses of those that answer. */
    val answeringUrls: List<String> get() = urlsOf(answering)

    /** All addresses, those that answer first. */
    val urls: List<String> get() = urlsOf(answering + failing)

    override fun close() {
        (answering + failing).values.forEach { it.close() }
    }

    private fun urlsOf(servers: Map<String, Server>) =
        servers.map { (url, server) -> url.replace("PORT", "${server.port}") }

    companion object {
        private const val HOST = "localhost"

        /** Starts the servers. */
        @JvmStatic
        fun start(): Coroutine<LocalSites> =
            coroutine("LocalSites.start") {
                val identity = SelfSignedCertificate(HOST)
                LocalSites(
                    answering =
                        mapOf(
                            "http://$HOST:PORT/fast" to
                                startServer(HOST, 0) { reader, writer -> answer(reader, writer) },
                            "http://$HOST:PORT/slow" to
                                startServer(HOST, 0) { reader, writer ->
                                    sleep(300.milliseconds)
                                    answer(reader, writer)
                                },
                            "https://$HOST:PORT/secure" to
                                startServer(HOST, 0, identity.forServer()) { reader, writer -> answer(reader, writer) },
                        ),
                    failing =
                        mapOf(
                            // A socket that is closed while something unread is in it resets the connection.
                            "http://$HOST:PORT/reset" to startServer(HOST, 0) { _, _ -> sleep(100.milliseconds) },
                            // Reads to the end of the request, which comes when the checker gives up.
                            "http://$HOST:PORT/silent" to startServer(HOST, 0) { reader, _ -> reader.read() },
                            "http://$HOST:PORT/refused" to startServer(HOST, 0) { _, _ -> }.apply { close() },
                            "https://$HOST:PORT/untrusted" to
                                startServer(HOST, 0, SelfSignedCertificate(HOST).forServer()) { _, _ -> },
                        ),
                    trust = identity.forClient(),
                )
            }

        private suspend fun answer(
            reader: StreamReader,
            writer: StreamWriter,
        ) {
            reader.readUntil("\r\n\r\n".toByteArray())
            writer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".toByteArray())
            writer.drain()
        }
    }
}
