package dev.tandem.http

import dev.tandem.EventLoop
import dev.tandem.copyContext
import dev.tandem.http.internal.ConnectionSlots
import dev.tandem.http.internal.Decompression
import dev.tandem.http.internal.Exchange
import dev.tandem.http.internal.ForwardProxy
import dev.tandem.http.internal.OpenSession
import dev.tandem.http.internal.Redirects
import dev.tandem.http.internal.display
import dev.tandem.http.internal.keepGivenCookies
import dev.tandem.http.internal.limit
import dev.tandem.http.internal.newKtorClient
import dev.tandem.http.internal.retryBy
import dev.tandem.http.internal.takeHttpUrl
import dev.tandem.runningLoop
import io.ktor.client.HttpClient
import io.ktor.client.HttpClientConfig
import io.ktor.client.engine.HttpClientEngineFactory
import io.ktor.client.engine.cio.CIO
import io.ktor.client.plugins.cookies.CookiesStorage
import io.ktor.client.plugins.onUpload
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.setBody
import io.ktor.client.statement.HttpStatement
import io.ktor.http.Headers
import io.ktor.http.HeadersBuilder
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.URLBuilder
import io.ktor.http.Url
import io.ktor.http.content.OutgoingContent
import io.ktor.http.takeFrom
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.job
import kotlinx.serialization.json.Json

/**
 * An HTTP client on the loop: makes requests, keeps cookies, and limits how many connections there are. To be closed.
 *
 * Make one for the application, or one for each service it talks to, and not one for each request. The work is done by
 * the Ktor client on daemon threads of its own; tasks wait for it, and all code of the caller runs on the loop.
 *
 * Whatever fails a request is a [ClientException], or a [dev.tandem.TimeoutException] that says which limit ran out. A
 * status of 400 and above is a response like others; [ClientResponse.raiseForStatus] throws it.
 *
 * **Cancellation.** Cancelling the task that waits for a request or its body closes the connection. **Threading.** In a
 * task. **Python.** `aiohttp.ClientSession`.
 *
 * ```
 * ClientSession(baseUrl = "https://example.org/api/").use { session ->
 *     val user = session.get("users/42").use { it.raiseForStatus().json<User>() }
 * }
 * ```
 *
 * @param baseUrl what the URLs of requests are relative to; ends with `/` if it stands for a directory. A complete URL
 *   takes nothing of it, neither credentials nor query.
 * @param headers the headers of each request; sent to whom it is redirected, too, but for `Authorization` and `Cookie`
 * @param params parameters for the query of each request
 * @param timeout the limits of each request; a request may have its own
 * @param limit how many requests are under way at once; others wait
 * @param limitPerHost the same for requests to one host and port
 * @param maxRedirects how many redirects a request follows; a redirect from https to http is never followed
 * @param retry when a request is sent again; null for never
 * @param raiseForStatus whether a status of 400 and above throws a [ClientResponseException]
 * @param maxBodySize how many bytes [ClientResponse.bytes], `text` and `json` take at most, decompressed
 * @param autoDecompress whether servers are told that gzip and deflate are welcome, and such bodies are decompressed; a
 *   body in any other `Content-Encoding` is given as it comes
 * @param cookieJar where cookies are kept; null for no cookies
 * @param proxy the URL of an HTTP proxy that all requests go through; `user:password@` in it is for http, and https is
 *   then refused, since the engine would show the credentials to the server as well
 * @param json how [ClientRequest.json] and [ClientResponse.json] read and write
 * @param engine the engine of the Ktor client
 * @param configure whatever else the Ktor client is to know
 * @throws IllegalArgumentException if a limit, a URL or a header makes no sense.
 * @throws IllegalStateException outside of a loop.
 */
public class ClientSession(
    baseUrl: String? = null,
    headers: Map<String, String> = emptyMap(),
    params: Map<String, String> = emptyMap(),
    private val timeout: ClientTimeout = ClientTimeout(),
    limit: Int = DEFAULT_LIMIT,
    limitPerHost: Int = limit,
    private val maxRedirects: Int = 10,
    private val retry: RetryOptions? = null,
    private val raiseForStatus: Boolean = false,
    private val maxBodySize: Int = DEFAULT_MAX_BODY_SIZE,
    private val autoDecompress: Boolean = true,
    /** Where the cookies are kept. */
    public val cookieJar: CookiesStorage? = CookieJar(),
    proxy: String? = null,
    /** How JSON is read and written. */
    public val json: Json = Json { ignoreUnknownKeys = true },
    engine: HttpClientEngineFactory<*> = CIO,
    configure: HttpClientConfig<*>.() -> Unit = {},
) : AutoCloseable {
    private val loop: EventLoop = runningLoop()
    private val base: Url? = baseUrl?.let { URLBuilder().takeHttpUrl(it).build() }
    private val defaultHeaders = headersOf(headers)
    private val defaultParams = params.toMap()
    private val forwardProxy = proxy?.let(::ForwardProxy)
    private val slots: ConnectionSlots

    /** The requests under way. */
    private val exchanges = LinkedHashSet<Exchange>()
    private val requests = SupervisorJob()

    /** The Ktor client that does the work. */
    public val client: HttpClient

    init {
        require(limit > 0 && limitPerHost > 0) { "The limits of connections must be positive." }
        require(maxRedirects >= 0) { "The number of redirects must not be negative: $maxRedirects." }
        require(maxBodySize > 0) { "The limit of a body must be positive, not $maxBodySize." }
        slots = ConnectionSlots(limit, limitPerHost)
        client = newKtorClient(engine, forwardProxy, cookieJar, configure)
    }

    private val open = OpenSession(loop, client)
    private val forgotten = OpenSession.cleaner.register(this, open)

    /** Whether [close] was called. */
    public var isClosed: Boolean = false
        private set

    /** Asks for [url]; see [request]. */
    public suspend fun get(
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse = request("GET", url, build)

    /** Posts to [url]; see [request]. */
    public suspend fun post(
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse = request("POST", url, build)

    /** Puts something to [url]; see [request]. */
    public suspend fun put(
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse = request("PUT", url, build)

    /** Changes what is at [url]; see [request]. */
    public suspend fun patch(
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse = request("PATCH", url, build)

    /** Deletes what is at [url]; see [request]. */
    public suspend fun delete(
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse = request("DELETE", url, build)

    /** Asks for the head of what is at [url]; see [request]. */
    public suspend fun head(
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse = request("HEAD", url, build)

    /** Asks what can be done with [url]; see [request]. */
    public suspend fun options(
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse = request("OPTIONS", url, build)

    /**
     * Sends a request and returns its response as soon as its head is there. The response is to be closed, or read.
     *
     * @param url complete, or relative to the session's; `user:password@` in it is sent as `Authorization: Basic`
     * @param build headers, query, body and what else is special about this request
     * @throws ClientConnectionException if the server cannot be reached, is not whom it should be, or goes away.
     * @throws dev.tandem.TimeoutException if a limit ran out.
     * @throws TooManyRedirectsException if there were more redirects than allowed.
     * @throws ClientResponseException for a status of 400 and above, if the session or the request asks for it.
     * @throws ClientException if a redirect cannot be followed.
     * @throws IllegalArgumentException if [method], [url] or a header cannot be sent, such as one with a line break.
     * @throws IllegalStateException if the session is closed.
     */
    public suspend fun request(
        method: String,
        url: String,
        build: ClientRequest.() -> Unit = {},
    ): ClientResponse {
        check(runningLoop() === loop) { "$this belongs to another loop: each loop needs a session of its own." }
        check(!isClosed) { "$this is closed." }
        val request = ClientRequest(json).apply(build)
        val builder = HttpRequestBuilder()
        builder.method = methodOf(method)
        address(builder, url, request)
        val limits = request.timeout ?: timeout
        val what = "$method ${display(builder.url)}"
        val exchange = Exchange(loop, what, forwardProxy?.toString(), limits, requests) { exchanges -= it }
        exchanges += exchange
        val response = send(exchange, builder, request, limits)
        return if (request.raiseForStatus ?: raiseForStatus) response.raiseForStatus() else response
    }

    /**
     * Closes the session: requests under way fail, connections are closed, and its threads go away in their own time;
     * [waitClosed] waits for that. A second call does nothing.
     */
    override fun close() {
        loop.checkThread("close")
        if (isClosed) return
        isClosed = true
        try {
            exchanges.toList().forEach { it.closeWithSession() }
        } finally {
            requests.cancel()
            open.close()
            forgotten.clean()
        }
    }

    /** Waits until the engine of a closed session has ended its work. */
    public suspend fun waitClosed() {
        client.coroutineContext.job.join()
        client.engine.coroutineContext[Job]?.join()
    }

    override fun toString(): String =
        "ClientSession(${if (isClosed) "closed" else "open"}, ${exchanges.size} requests under way)"

    // ---- private --------------------------------------------------------------------------------------------------

    private fun address(
        builder: HttpRequestBuilder,
        url: String,
        request: ClientRequest,
    ) {
        base?.let { builder.url.takeFrom(it) }
        val target = builder.url.takeHttpUrl(url)
        val given = request.params.names()
        for ((name, value) in defaultParams) if (name !in given) target.parameters.append(name, value)
        target.parameters.appendAll(request.params.build())
        builder.headers.appendAll(defaultHeaders)
        val user = target.user
        if (user != null) builder.headers[HttpHeaders.Authorization] = basicCredentials(user, target.password.orEmpty())
        target.user = null
        target.password = null
        request.headers.build().forEach { name, values ->
            builder.headers.remove(name)
            builder.headers.appendAll(name, values)
        }
        if (decompresses(request) && HttpHeaders.AcceptEncoding !in builder.headers) {
            builder.headers[HttpHeaders.AcceptEncoding] = Decompression.ACCEPTED
        }
        builder.keepGivenCookies()
    }

    private fun decompresses(request: ClientRequest) = request.autoDecompress ?: autoDecompress

    private suspend fun send(
        exchange: Exchange,
        builder: HttpRequestBuilder,
        request: ClientRequest,
        limits: ClientTimeout,
    ): ClientResponse {
        val canResend = request.body?.canResend ?: true
        val redirects = Redirects(request.maxRedirects ?: maxRedirects, exchange, canResend)
        exchange.enter { slots.acquire("${builder.url.host}:${builder.url.port}") }
        val content = contentOf(request, exchange)
        val response =
            exchange.guarded(isBody = false) {
                content?.let(builder::setBody)
                builder.attributes.put(Redirects.KEY, redirects)
                builder.retryBy(request.retry ?: retry, exchange, canResend)
                client.limit(builder, limits.connect, limits.socketRead)
                request.uploadListener?.let { report(it, builder) }
                exchange.send(HttpStatement(builder, client))
            }
        return ClientResponse(
            exchange,
            response,
            redirects.history.toList(),
            json,
            request.maxBodySize ?: maxBodySize,
            decompresses(request),
            request.downloadListener,
        )
    }

    /** What fails here, such as a file that is not there, is no failure of the network. */
    private suspend fun contentOf(
        request: ClientRequest,
        exchange: Exchange,
    ): OutgoingContent? {
        try {
            return request.body?.content(loop, exchange)
        } catch (e: Throwable) {
            exchange.close()
            throw e
        }
    }

    /** Ktor tells on a thread of the engine. */
    private fun report(
        listener: ProgressListener,
        builder: HttpRequestBuilder,
    ) {
        val context = copyContext()
        builder.onUpload { sent, total ->
            try {
                loop.callSoonThreadsafe(context) { listener.onProgress(sent, total) }
            } catch (_: IllegalStateException) {
                // The loop is closed: nobody listens any more.
            }
        }
    }

    public companion object {
        /** How many requests are under way at once, unless the session says otherwise. */
        public const val DEFAULT_LIMIT: Int = 100

        /** How many bytes of a body are kept in memory, unless the session says otherwise: 64 MiB. */
        public const val DEFAULT_MAX_BODY_SIZE: Int = 64 * 1024 * 1024
    }
}

/** Checks them when the session is made, and not with each request. */
private fun headersOf(given: Map<String, String>): Headers =
    HeadersBuilder().apply { given.forEach { (name, value) -> setHeader(name, value) } }.build()

private fun methodOf(name: String): HttpMethod {
    require(name.isNotEmpty() && name.all { it in '!'..'~' && it !in "\"(),/:;<=>?@[\\]{}" }) {
        "This is no method of HTTP: ${name.filterNot(Char::isISOControl)}"
    }
    return HttpMethod.parse(name)
}
