package dev.tandem.http

import java.io.IOException
import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.URI
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.concurrent.thread

/** A proxy as RFC 9110 describes it: forwards plain requests, one for each connection, and tunnels the others. */
internal class ForwardingProxy : AutoCloseable {
    private val listening = ServerSocket(0, 50, InetAddress.getByName(LOOPBACK))
    private val sockets = ConcurrentLinkedQueue<Socket>()

    /** The first lines of what it was asked. */
    val asked = ConcurrentLinkedQueue<String>()

    /** The credentials that it was given. */
    val credentials = ConcurrentLinkedQueue<String>()

    val name: String = "$LOOPBACK:${listening.localPort}"
    val url: String = "http://$name"
    val urlWithCredentials: String = "http://ada:secret@$name"

    init {
        thread(isDaemon = true) {
            try {
                while (true) {
                    val socket = listening.accept().also { sockets += it }
                    thread(isDaemon = true) { serve(socket) }
                }
            } catch (_: IOException) {
                // Closed: the test is over.
            }
        }
    }

    private fun serve(client: Socket) {
        try {
            client.use {
                val head = readHead(client.getInputStream())
                asked += head.first()
                val (mine, others) = head.drop(1).partition { it.startsWith("Proxy-", ignoreCase = true) }
                mine.filter { it.startsWith("Proxy-Authorization:") }.forEach { credentials += it.substringAfter(": ") }
                val (method, target) = head.first().split(' ')
                val address = if (method == "CONNECT") URI("//$target") else URI(target)
                Socket(LOOPBACK, address.port).use { server ->
                    sockets += server
                    if (method == "CONNECT") {
                        client.send("HTTP/1.1 200 Connected\r\n\r\n")
                    } else {
                        server.send("$method ${address.rawPath} HTTP/1.1\r\n")
                        // One request for each connection: the next one may be for another server.
                        others
                            .filterNot {
                                it.startsWith(
                                    "Connection",
                                    ignoreCase = true,
                                )
                            }.forEach { server.send("$it\r\n") }
                        server.send("Connection: close\r\n\r\n")
                    }
                    val there = thread(isDaemon = true) { relay(client, server) }
                    relay(server, client)
                    client.close()
                    there.join()
                }
            }
        } catch (_: IOException) {
            // One of them is gone.
        }
    }

    private fun readHead(input: InputStream): List<String> {
        val head = StringBuilder()
        while (!head.endsWith("\r\n\r\n")) {
            val byte = input.read()
            if (byte < 0) throw IOException("The client has gone.")
            head.append(byte.toChar())
        }
        return head.trimEnd().lines()
    }

    private fun relay(
        from: Socket,
        to: Socket,
    ) {
        try {
            from.getInputStream().transferTo(to.getOutputStream())
            to.shutdownOutput()
        } catch (_: IOException) {
            // The other direction notices, too.
        }
    }

    override fun close() {
        listening.close()
        sockets.forEach { it.close() }
    }
}
