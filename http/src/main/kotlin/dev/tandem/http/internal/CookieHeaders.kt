package dev.tandem.http.internal

import io.ktor.client.HttpClient
import io.ktor.client.plugins.cookies.CookiesStorage
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.HttpSendPipeline
import io.ktor.client.statement.HttpReceivePipeline
import io.ktor.client.statement.request
import io.ktor.http.Cookie
import io.ktor.http.Headers
import io.ktor.http.HttpHeaders
import io.ktor.http.parseServerSetCookieHeader
import io.ktor.http.renderCookieHeader
import io.ktor.util.AttributeKey

/** The cookies that a response sets. One that makes no sense is passed over, as RFC 6265 says. */
internal fun cookiesOf(headers: Headers): List<Cookie> =
    headers.getAll(HttpHeaders.SetCookie).orEmpty().mapNotNull(::cookieOf)

private fun cookieOf(header: String): Cookie? {
    val cookie =
        try {
            parseServerSetCookieHeader(header)
        } catch (_: Exception) {
            // Without a name, with a Max-Age that is no number, in an encoding that does not exist.
            return null
        }
    // Such a value could be sent in no header, and every request to that server would fail.
    return cookie.takeIf { it.name.none(Char::isISOControl) && it.value.none(Char::isISOControl) }
}

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
        val kept = jar.get(context.url.build()).filter { it.name !in names }.map(::renderCookieHeader)
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

private val GIVEN_COOKIES = AttributeKey<String>("TandemGivenCookies")
