package dev.tandem.http.internal

import io.ktor.client.HttpClient
import io.ktor.client.plugins.cookies.CookiesStorage
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.HttpSendPipeline
import io.ktor.client.statement.HttpReceivePipeline
import io.ktor.client.statement.request
import io.ktor.http.Cookie
import io.ktor.http.CookieEncoding
import io.ktor.http.Headers
import io.ktor.http.HttpHeaders
import io.ktor.http.decodeCookieValue
import io.ktor.http.fromCookieToGmtDate
import io.ktor.http.renderCookieHeader
import io.ktor.util.AttributeKey
import io.ktor.util.date.GMTDate

/**
 * The cookies that a response sets, by RFC 6265, 5.2: one that makes no sense is passed over, and so is an attribute.
 * Differs from Ktor's parser, which takes the quotes from a value.
 */
internal fun cookiesOf(headers: Headers): List<Cookie> =
    headers.getAll(HttpHeaders.SetCookie).orEmpty().mapNotNull(::cookieOf)

private fun cookieOf(header: String): Cookie? {
    val pair = header.substringBefore(';')
    val name = pair.substringBefore('=', "").trim()
    // Such a cookie could be sent in no header, and every request to that server would fail.
    if (name.isEmpty() || pair.any { it != '\t' && it.isISOControl() }) return null
    val attributes =
        header.split(';').drop(1).associate {
            it.substringBefore('=').trim() to
                it.substringAfter('=', "").trim()
        }
    val known = attributes.mapKeys { it.key.lowercase() }
    return try {
        val encoding = attributes[ENCODING]?.let(CookieEncoding::valueOf) ?: CookieEncoding.RAW
        val value = pair.substringAfter('=').trim()
        Cookie(
            name,
            if (encoding == CookieEncoding.RAW) value else decodeCookieValue(value, encoding),
            encoding,
            known["max-age"]?.let(::maxAgeOf),
            known["expires"]?.let(::dateOf),
            known["domain"],
            known["path"],
            "secure" in known,
            "httponly" in known,
            attributes.filterKeys { it.isNotEmpty() && it.lowercase() !in ATTRIBUTES },
        ).takeIf { it.value.none(Char::isISOControl) }
    } catch (_: Exception) {
        // In an encoding of Ktor's servers that does not exist, or is broken.
        null
    }
}

/** In seconds; null if it is no number, and to be ignored then. */
private fun maxAgeOf(text: String): Int? {
    if (!MAX_AGE.matches(text)) return null
    return text.toIntOrNull() ?: if (text.startsWith('-')) 0 else Int.MAX_VALUE
}

private fun dateOf(text: String): GMTDate? =
    try {
        text.fromCookieToGmtDate()
    } catch (_: Exception) {
        null
    }

/** A value goes back as it came, quotes included: they are a part of it. */
private fun render(cookie: Cookie): String =
    if (cookie.encoding == CookieEncoding.RAW) "${cookie.name}=${cookie.value}" else renderCookieHeader(cookie)

/**
 * Sends the cookies of [jar] and keeps those that come, with each redirect.
 *
 * Differs from Ktor's plugin, which fails on a response with a cookie that makes no sense, and keeps the `Cookie`
 * header that a request was given: that is for this request only, and comes before the jar's cookies of the same name.
 */
internal fun HttpClient.useCookies(jar: CookiesStorage) {
    sendPipeline.intercept(HttpSendPipeline.State) {
        val given = context.attributes.getOrNull(GIVEN_COOKIES)
        val names = given.orEmpty().split(';').map { it.substringBefore('=').trim() }
        val kept = jar.get(context.url.build()).filter { it.name !in names }.map(::render)
        val all = listOfNotNull(given) + kept
        context.headers.remove(HttpHeaders.Cookie)
        if (all.isNotEmpty()) context.headers[HttpHeaders.Cookie] = all.joinToString("; ")
    }
    receivePipeline.intercept(HttpReceivePipeline.State) { response ->
        cookiesOf(response.headers).forEach { jar.addCookie(response.request.url, it) }
    }
}

/** Tells the cookies that the request was given, if there are any, from those of the jar. */
internal fun HttpRequestBuilder.keepGivenCookies() {
    headers[HttpHeaders.Cookie]?.let { attributes.put(GIVEN_COOKIES, it) }
}

/** They are not for another server. */
internal fun HttpRequestBuilder.dropGivenCookies() {
    attributes.remove(GIVEN_COOKIES)
}

/** What Ktor's servers say about the value. */
private const val ENCODING = "\$x-enc"
private val ATTRIBUTES = setOf("max-age", "expires", "domain", "path", "secure", "httponly", ENCODING)
private val MAX_AGE = Regex("-?[0-9]+")

private val GIVEN_COOKIES = AttributeKey<String>("TandemGivenCookies")
