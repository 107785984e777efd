package dev.tandem.http.internal

import dev.tandem.http.ClientException
import dev.tandem.http.Redirect
import dev.tandem.http.TooManyRedirectsException
import io.ktor.client.call.HttpClientCall
import io.ktor.client.plugins.Sender
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.setBody
import io.ktor.client.utils.EmptyContent
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.HttpStatusCode
import io.ktor.http.URLBuilder
import io.ktor.http.URLParserException
import io.ktor.http.authority
import io.ktor.http.isSecure
import io.ktor.util.AttributeKey
import io.ktor.utils.io.InternalAPI

/**
 * Follows the redirects of one request, as browsers do and Ktor's own plugin does not: a POST that is redirected with
 * 301, 302 or 303 goes on as a GET. Remembers where it has been.
 */
internal class Redirects(
    private val max: Int,
    private val exchange: Exchange,
    /** Whether the request's body can be sent again. */
    private val canResend: Boolean,
) {
    val history = ArrayList<Redirect>()

    suspend fun follow(
        sender: Sender,
        first: HttpRequestBuilder,
    ): HttpClientCall {
        // A retry starts from the beginning.
        history.clear()
        var request = first
        while (true) {
            val call = sender.execute(request)
            request = next(request, call) ?: return call
        }
    }

    private fun next(
        request: HttpRequestBuilder,
        call: HttpClientCall,
    ): HttpRequestBuilder? {
        val location = call.response.headers[HttpHeaders.Location]
        if (max == 0 || call.response.status !in STATUSES || location == null) return null
        val from = call.request.url
        val next = copyOf(request)
        next.url.parameters.clear()
        next.url.fragment = ""
        try {
            next.url.resolve(location)
        } catch (e: URLParserException) {
            throw ClientException("${exchange.what} was redirected to something that is no URL.", e)
        }
        val url = next.url
        if (!url.isOfHttp) {
            throw ClientException("${exchange.what} was redirected to a URL of another protocol: ${url.protocol.name}.")
        }
        if (url.host.isEmpty()) throw ClientException("${exchange.what} was redirected to a URL without a host.")
        if (from.protocol.isSecure() && !url.protocol.isSecure()) return null
        url.user = null
        url.password = null
        if (history.size == max) {
            val message = "${exchange.what} was redirected more than $max times, the last time to ${display(url)}."
            throw TooManyRedirectsException(message, history)
        }
        history += Redirect(call.response.status.value, from.toString(), display(url))
        adaptMethod(next, call.response.status)
        if (URLBuilder(from).authority != url.authority || from.protocol != url.protocol) {
            CREDENTIALS.forEach(next.headers::remove)
            next.dropGivenCookies()
        }
        return next
    }

    /** Under the same Job, so that whatever ends the request ends this one. */
    @OptIn(InternalAPI::class)
    private fun copyOf(request: HttpRequestBuilder) = HttpRequestBuilder().takeFromWithExecutionContext(request)

    private fun adaptMethod(
        next: HttpRequestBuilder,
        status: HttpStatusCode,
    ) {
        val becomesGet =
            when (status) {
                HttpStatusCode.SeeOther -> next.method != HttpMethod.Head
                HttpStatusCode.MovedPermanently, HttpStatusCode.Found -> next.method == HttpMethod.Post
                else -> false
            }
        if (becomesGet) {
            next.method = HttpMethod.Get
            next.setBody(EmptyContent)
            BODY_HEADERS.forEach(next.headers::remove)
        } else if (!canResend) {
            throw ClientException(
                "${exchange.what} was redirected with status ${status.value}, but its body was streamed and cannot " +
                    "be sent again. Send the request to ${display(next.url)}.",
            )
        }
    }

    companion object {
        val KEY = AttributeKey<Redirects>("TandemRedirects")

        private val STATUSES =
            setOf(
                HttpStatusCode.MovedPermanently,
                HttpStatusCode.Found,
                HttpStatusCode.SeeOther,
                HttpStatusCode.TemporaryRedirect,
                HttpStatusCode.PermanentRedirect,
            )
        private val CREDENTIALS =
            listOf(HttpHeaders.Authorization, HttpHeaders.Cookie, HttpHeaders.ProxyAuthorization)
        private val BODY_HEADERS =
            listOf(HttpHeaders.ContentType, HttpHeaders.ContentLength, HttpHeaders.TransferEncoding)
    }
}
