package dev.tandem.samples.sitechecker

import dev.tandem.TimeoutException
import dev.tandem.coroutine
import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.openConnection
import dev.tandem.waitFor
import java.io.IOException
import java.net.URI
import kotlin.system.exitProcess
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/**
 * Checks web sites, all at once, and prints which have answered, with what, and how long it took.
 *
 * The arguments are URLs; the exit status is 0 if all have answered, or else 1. Without arguments it checks a few
 * servers that it starts itself; the exit status is 0 if those have answered that are meant to.
 */
fun main(urls: Array<String>) {
    val isGood = runLoop { if (urls.isEmpty()) checkLocalSites() else checkSites(urls.asList()) }
    exitProcess(if (isGood) 0 else 1)
}

private suspend fun checkSites(urls: List<String>): Boolean {
    val answered = checkAll(urls, limit = 10.seconds, trust = TlsOptions())
    return answered == urls
}

private suspend fun checkLocalSites(): Boolean =
    LocalSites.start().await().use { sites ->
        val answered = checkAll(sites.urls, limit = 5.seconds, trust = sites.trust)
        answered == sites.answeringUrls
    }

/** Checks [urls] at once, prints the table, and returns those that have answered. */
private suspend fun checkAll(
    urls: List<String>,
    limit: Duration,
    trust: TlsOptions,
): List<String> {
    val checks = urls.map { Check(it, limit, trust) }
    val outcomes = gather<Any?>(checks.map { coroutine(it.url, it::run) }, returnExceptions = true).await()
    printTable(checks, outcomes.map(::describe))
    return urls.filterIndexed { i, _ -> outcomes[i] !is Throwable }
}

/** The check of one site. */
private class Check(
    val url: String,
    private val limit: Duration,
    private val trust: TlsOptions,
) {
    var took = Duration.ZERO

    /** Returns what the site has answered, or throws why it has not. */
    suspend fun run(): String {
        val start = TimeSource.Monotonic.markNow()
        try {
            return waitFor(limit) { fetchStatus() }
        } catch (e: TimeoutException) {
            throw IOException("no answer within $limit", e)
        } finally {
            took = start.elapsedNow()
        }
    }

    private suspend fun fetchStatus(): String {
        val site = URI(url)
        require(site.scheme in listOf("http", "https") && site.host != null) { "not the URL of a web site" }
        val ssl = if (site.scheme == "https") trust else null
        val port =
            if (site.port != -1) {
                site.port
            } else if (ssl != null) {
                443
            } else {
                80
            }
        openConnection(site.host, port, ssl).use { (reader, writer) ->
            val target = site.rawPath.ifEmpty { "/" } + if (site.rawQuery == null) "" else "?" + site.rawQuery
            writer.write("HEAD $target HTTP/1.1\r\nHost: ${site.authority}\r\nConnection: close\r\n\r\n".toByteArray())
            writer.drain()
            val line = reader.readLine().decodeToString().trimEnd()
            if (line.isEmpty()) throw IOException("closed the connection without an answer")
            if (!line.startsWith("HTTP/")) throw IOException("answered something that is not HTTP")
            return line.substringAfter(' ')
        }
    }
}

private fun describe(outcome: Any?): String = if (outcome is Throwable) "failed: ${outcome.message}" else "$outcome"

private fun printTable(
    checks: List<Check>,
    results: List<String>,
) {
    val row = "%-${checks.maxOf { it.url.length }}s  %8s  %s"
    println(row.format("SITE", "TIME", "RESULT"))
    for ((check, result) in checks.zip(results)) {
        println(row.format(check.url, "${check.took.inWholeMilliseconds} ms", result))
    }
}
