package dev.tandem.samples.http

import dev.tandem.coroutine
import dev.tandem.gather
import dev.tandem.http.ClientSession
import dev.tandem.http.ClientTimeout
import dev.tandem.http.RetryOptions
import dev.tandem.runLoop
import dev.tandem.toThread
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.deleteRecursively
import kotlin.system.exitProcess
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * Downloads web pages into a directory, a few at once, and prints how it gets on and what has become of each page.
 *
 * The arguments are the directory and URLs; the exit status is 0 if all were downloaded, or else 1. Without arguments
 * it downloads pages from a server that it starts itself, some of which fail; the exit status is 0 then.
 */
fun main(arguments: Array<String>) {
    if (arguments.isEmpty()) return downloadLocalPages()
    val directory = Files.createDirectories(Path.of(arguments.first()))
    val downloads = runLoop { downloadAll(arguments.drop(1), directory, timeLimit = 60.seconds) }
    exitProcess(if (downloads.all { it.failure == null }) 0 else 1)
}

@OptIn(ExperimentalPathApi::class)
private fun downloadLocalPages() {
    val directory = Files.createTempDirectory("pages")
    try {
        LocalPages().use { pages -> runLoop { downloadAll(pages.pages, directory, timeLimit = 3.seconds) } }
    } finally {
        directory.deleteRecursively()
    }
}

/** Downloads [urls], at most four at once; a server that is busy is asked again. */
private suspend fun downloadAll(
    urls: List<String>,
    directory: Path,
    timeLimit: Duration,
): List<Download> {
    val progress = Progress(urls.size)
    val downloads = urls.map { Download(it, directory, progress) }
    ClientSession(
        limit = 4,
        timeout = ClientTimeout(total = timeLimit),
        retry = RetryOptions(maxRetries = 3, baseDelay = 100.milliseconds),
        raiseForStatus = true,
    ).use { session ->
        gather(downloads.map { coroutine(it.url) { it.run(session) } }).await()
    }
    printTable(downloads)
    return downloads
}

/** How far all downloads are, together. Only ever used on the loop: no lock is needed. */
private class Progress(
    private val pages: Int,
) {
    private var finished = 0

    fun pageFinished() {
        println("${++finished} of $pages pages")
    }
}

/** The download of one page. */
private class Download(
    val url: String,
    private val directory: Path,
    private val progress: Progress,
) {
    /** What came over the network, and what that was in the file: more, if it was compressed. */
    var received = 0L
    var saved = 0L
    var failure: Exception? = null

    suspend fun run(session: ClientSession) {
        try {
            session.get(url) { onDownload { bytes, _ -> received = bytes } }.use { response ->
                // Under another name until it is whole.
                val part = directory.resolve("$name.part")
                try {
                    saved = response.content.saveTo(part)
                    toThread { Files.move(part, directory.resolve(name), REPLACE_EXISTING) }
                } finally {
                    toThread { Files.deleteIfExists(part) }
                }
            }
        } catch (e: java.io.IOException) {
            failure = e
        } catch (e: dev.tandem.TimeoutException) {
            failure = e
        }
        progress.pageFinished()
    }

    private val name get() =
        url
            .substringAfter("://")
            .substringAfter('/', "")
            .replace('/', '-')
            .ifEmpty { "index" }
}

private fun printTable(downloads: List<Download>) {
    val row = "%-${downloads.maxOf { it.url.length }}s  %9s  %9s  %s"
    println(row.format("PAGE", "RECEIVED", "SAVED", "RESULT"))
    for (it in downloads) println(row.format(it.url, it.received, it.saved, it.failure?.message ?: "OK"))
}
