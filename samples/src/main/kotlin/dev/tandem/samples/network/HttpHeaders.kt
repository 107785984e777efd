package dev.tandem.samples.network

import dev.tandem.runLoop
import dev.tandem.streams.StreamReader
import dev.tandem.streams.StreamWriter
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.openConnection
import dev.tandem.streams.startServer
import java.net.URI

/** Asks web servers, those of the URLs given or one of its own, for the headers of a page. */
suspend fun httpHeadersExample() {
    startServer("127.0.0.1", 0, handler = ::answer).use { server ->
        printHeaders(URI("http://127.0.0.1:${server.port}/"))
    }
}

private suspend fun printHeaders(url: URI) {
    val tls = if (url.scheme == "https") TlsOptions() else null
    val port =
        if (url.port >= 0) {
            url.port
        } else if (tls != null) {
            443
        } else {
            80
        }
    openConnection(url.host, port, ssl = tls).use { (reader, writer) ->
        val path = url.rawPath.ifEmpty { "/" }
        writer.write("HEAD $path HTTP/1.0\r\nHost: ${url.host}\r\n\r\n".toByteArray())
        for (line in reader.lines()) {
            val header = line.toString(Charsets.ISO_8859_1).trimEnd()
            if (header.isEmpty()) break
            println("header: $header")
        }
    }
}

private suspend fun answer(
    reader: StreamReader,
    writer: StreamWriter,
) {
    reader.readUntil("\r\n\r\n".toByteArray())
    writer.write("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n".toByteArray())
}

fun main(urls: Array<String>) =
    runLoop {
        for (url in urls) printHeaders(URI(url))
        if (urls.isEmpty()) httpHeadersExample()
    }
