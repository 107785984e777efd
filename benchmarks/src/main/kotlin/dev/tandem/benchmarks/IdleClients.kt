package dev.tandem.benchmarks

import dev.tandem.createTask
import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.streams.Connection
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.openConnection
import dev.tandem.toThread
import java.io.File
import java.security.KeyStore
import java.security.cert.X509Certificate

/**
 * The other side of [IdleConnections]: opens connections, gets an answer on each, and keeps them until its standard input
 * ends. Arguments: port, how many, and a key store with what to trust, or nothing.
 */
fun main(args: Array<String>) =
    runLoop {
        val (port, count) = args.take(2).map(String::toInt)
        val ssl = if (args[2].isEmpty()) null else trusting(File(args[2]))
        val connections = ArrayList<Connection>(count)
        // Some at a time, as clients of a busy server come.
        for (start in 0 until count step AT_ONCE) {
            val some = (start until minOf(count, start + AT_ONCE)).map { createTask { greet(port, ssl) } }
            connections += gather(some).await()
        }
        println("connected")
        System.out.flush()
        toThread { System.`in`.readAllBytes() }
        connections.forEach { it.close() }
    }

private suspend fun greet(
    port: Int,
    ssl: TlsOptions?,
): Connection =
    openConnection(LOOPBACK, port, ssl).also { (reader, writer) ->
        writer.write("hello\n".toByteArray())
        check(reader.readLine().isNotEmpty()) { "the server closed a connection" }
    }

private fun trusting(keyStore: File): TlsOptions {
    val keys = KeyStore.getInstance(keyStore, IdleConnections.PASSWORD)
    val certificate = keys.getCertificate(keys.aliases().nextElement()) as X509Certificate
    return TlsOptions.trusting(certificate).withoutHostNameVerification()
}

private const val AT_ONCE = 50
