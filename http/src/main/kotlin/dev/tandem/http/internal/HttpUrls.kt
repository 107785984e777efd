package dev.tandem.http.internal

import io.ktor.http.URLBuilder
import io.ktor.http.URLParserException
import io.ktor.http.takeFrom

/**
 * Takes [url], which is complete or relative to what is here already.
 *
 * @throws IllegalArgumentException if the result is no URL of HTTP; the message has no credentials.
 */
internal fun URLBuilder.takeHttpUrl(url: String): URLBuilder {
    require(url.none(Char::isISOControl)) { "There is a line break or control character in the URL: ${shown(url)}" }
    try {
        resolve(url)
    } catch (e: URLParserException) {
        throw IllegalArgumentException("This is no URL: ${shown(url)}", e.cause)
    }
    require(isOfHttp) { "The URL must begin with http:// or https://, and not so: ${shown(url)}" }
    require(host.isNotEmpty()) {
        "There is no host in the URL ${shown(url)}. Give a complete one, or the session a baseUrl."
    }
    return this
}

/**
 * Takes [reference] as RFC 3986, 5.2, has it. Ktor's takeFrom keeps what a reference with an authority must not inherit,
 * which may be secrets, and leaves dot segments to the server.
 *
 * @throws URLParserException if it is no URL.
 */
internal fun URLBuilder.resolve(reference: String) {
    if (WITH_AUTHORITY.matchesAt(reference.trimStart(), 0)) {
        user = null
        password = null
        encodedPathSegments = emptyList()
        parameters.clear()
        fragment = ""
    }
    takeFrom(reference)
    host = host.lowercase()
    encodedPathSegments = withoutDots(encodedPathSegments)
}

/** RFC 3986, 5.2.4. The first segment of an absolute path is empty. */
private fun withoutDots(segments: List<String>): List<String> {
    if (segments.none(::isDots)) return segments
    val kept = arrayListOf("")
    for (segment in if (segments.first().isEmpty()) segments.drop(1) else segments) {
        if (!isDots(segment)) {
            kept += segment
        } else if (segment == ".." && kept.size > 1) {
            kept.removeAt(kept.lastIndex)
        }
    }
    // What it leads to is a directory.
    if (isDots(segments.last())) kept += ""
    return kept
}

private fun isDots(segment: String) = segment == "." || segment == ".."

private val WITH_AUTHORITY = Regex("([A-Za-z][A-Za-z0-9+.-]*:)?//")

internal val URLBuilder.isOfHttp: Boolean get() = protocol.name == "http" || protocol.name == "https"

/** The URL in messages: no credentials. */
internal fun display(url: URLBuilder): String =
    URLBuilder(url)
        .apply {
            user = null
            password = null
        }.buildString()

/** What somebody gave as a URL, in messages: on one line, and without credentials. */
private fun shown(url: String) =
    url.map { if (it.isISOControl()) '?' else it }.joinToString("").replace(Regex("//[^/@]*@"), "//")
