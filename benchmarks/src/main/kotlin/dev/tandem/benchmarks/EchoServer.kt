package dev.tandem.benchmarks

import kotlin.system.exitProcess

/** Echoes on a port of the loopback interface until the process ends; says `listening` once it can be connected to. */
private typealias EchoServer = (port: Int) -> Unit

/** Every server that can be measured. A new one is a line here. */
private val servers: Map<String, EchoServer> =
    linkedMapOf(
        "kotlin" to { echoWithKotlin(it) },
        "kotlin2" to ::echoWithKotlinOnTwoLoops,
        "kotlin2s" to ::echoWithKotlinOnASharedPort,
        "java" to JavaEcho::serve,
        "java2" to JavaEcho::serveOnTwoLoops,
        "netty" to { echoWithNetty(it) },
        "ktor" to ::echoWithKtor,
        "kotlin-tls" to ::echoWithKotlinAndTls,
        "netty-tls" to ::echoWithNettyAndTls,
    )

/** Where the servers listen: measuring is no reason to be seen from outside. */
internal const val LOOPBACK = "127.0.0.1"

fun main(args: Array<String>) {
    val server = servers[args.getOrNull(0)]
    val port = args.getOrNull(1)?.toIntOrNull()?.takeIf { it in 0..65535 }
    if (server == null || port == null || args.size != 2) {
        System.err.println("Usage: echo-server NAME PORT, where NAME is one of ${servers.keys.joinToString()}.")
        exitProcess(2)
    }
    try {
        server(port)
    } catch (e: Exception) {
        System.err.println("The echo server '${args[0]}' failed on port $port: $e")
        exitProcess(1)
    }
}

/** The line that `benchmarks/echo` waits for. */
internal fun sayListening(port: Int) {
    println("listening on $LOOPBACK:$port")
    System.out.flush()
}
