package dev.tandem.http

import dev.tandem.EventLoop
import dev.tandem.copyContext
import dev.tandem.http.internal.ConnectionSlots
import dev.tandem.http.internal.Decompression
import dev.tandem.http.internal.Exchange
import dev.tandem.http.internal.NamedCertificates
import dev.tandem.http.internal.OpenSession
import dev.tandem.http.internal.Redirects
import dev.tandem.http.internal.display
import dev.tandem.http.internal.retryBy
import dev.tandem.runningLoop
import io.ktor.client.HttpClient
import io.ktor.client.HttpClientConfig
import io.ktor.client.engine.HttpClientEngineFactory
import io.ktor.client.engine.ProxyBuilder
import io.ktor.client.engine.ProxyConfig
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.cio.CIOEngineConfig
import io.ktor.client.plugins.HttpRequestRetry
import io.ktor.client.plugins.HttpSend
import io.ktor.client.plugins.HttpTimeout
import io.ktor.client.plugins.HttpTimeoutCapability
import io.ktor.client.plugins.HttpTimeoutConfig
import io.ktor.client.plugins.cookies.CookiesStorage
import io.ktor.client.plugins.cookies.HttpCookies
import io.ktor.client.plugins.onUpload
import io.ktor.client.plugins.plugin
import io.ktor.client.plugins.timeout
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.HttpSendPipeline
import io.ktor.client.request.setBody
import io.ktor.client.statement.HttpStatement
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpMethod
import io.ktor.http.URLBuilder
import io.ktor.http.URLParserException
import io.ktor.http.Url
import io.ktor.http.content.OutgoingContent
import io.ktor.http.hostIsIp
import io.ktor.http.isSecure
import io.ktor.http.takeFrom
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.job
import kotlinx.serialization.json.Json
import kotlin.time.Duration

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
 * @param baseUrl what the URLs of requests are relative to; ends with `/` if it stands for a directory
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
 * @param proxy the URL of an HTTP proxy that all requests go through
 * @param json how [ClientRequest.json] and [ClientResponse.json] read and write
 * @param engine the engine of the Ktor client
 * @param configure whatever else the Ktor client is to know
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
    private val base: Url? = baseUrl?.let { httpUrl(URLBuilder(), it).build() }
    private val defaultHeaders = headers.toMap()
    private val defaultParams = params.toMap()
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
        val proxyConfig = proxy?.let(::proxyConfig)
        client =
            HttpClient(engine) {
                engine {
                    if (proxyConfig != null) this.proxy = proxyConfig
                    if (this is CIOEngineConfig) adapt()
                }
                followRedirects = false
                install(HttpTimeout)
                install(HttpRequestRetry) { noRetry() }
                install(HttpSend) { maxSendCount = Int.MAX_VALUE }
                if (cookieJar != null) install(HttpCookies) { storage = cookieJar }
                configure()
                expectSuccess = false
            }
        val verifiesAddresses = client.engineConfig !is CIOEngineConfig
        client.plugin(HttpSend).intercept { request ->
            request.attributes.getOrNull(Redirects.KEY)?.follow(this, request) ?: execute(request)
        }
        client.sendPipeline.intercept(HttpSendPipeline.Before) {
            if (!verifiesAddresses && context.url.protocol.isSecure() && hostIsIp(context.url.host)) {
                throw ClientConnectionException(
                    "${display(context.url)} has an address in place of a host name, and the engine CIO cannot tell " +
                        "whose certificate that is. Use a host name, or another engine, such as ktor-client-java.",
                )
            }
        }
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
     * @throws IllegalArgumentException if [url] is not one of HTTP.
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
        builder.method = HttpMethod.parse(method)
        address(builder, url, request)
        val limits = request.timeout ?: timeout
        val exchange = Exchange(loop, "$method ${display(builder.url)}", limits, requests) { exchanges -= it }
        exchanges += exchange
        val response = send(exchange, builder, request, limits)
        return if (request.raiseForStatus ?: raiseForStatus) response.raiseForStatus() else response
    }

    /**
     * Closes the session: requests under way fail, connections are closed, and its threads go away in their own time;
     * [waitClosed] waits for that. A second call does nothing.
     */
    override fun close() {
        if (isClosed) return
        isClosed = true
        exchanges.toList().forEach { it.closeWithSession() }
        requests.cancel()
        open.close()
        forgotten.clean()
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
        val target = httpUrl(builder.url, url)
        val given = request.params.names()
        for ((name, value) in defaultParams) if (name !in given) target.parameters.append(name, value)
        target.parameters.appendAll(request.params.build())
        defaultHeaders.forEach { (name, value) -> builder.headers[name] = value }
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
                limit(builder, limits)
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

    /** The limit of all is ours, since it runs on after the head of the response, and on the loop's clock. */
    private fun limit(
        builder: HttpRequestBuilder,
        limits: ClientTimeout,
    ) {
        if (!client.isSupported(HttpTimeoutCapability)) return
        builder.timeout {
            requestTimeoutMillis = HttpTimeoutConfig.INFINITE_TIMEOUT_MS
            connectTimeoutMillis = millis(limits.connect)
            socketTimeoutMillis = millis(limits.socketRead)
        }
    }

    private fun millis(limit: Duration?): Long =
        limit?.inWholeMilliseconds?.coerceAtLeast(1) ?: HttpTimeoutConfig.INFINITE_TIMEOUT_MS

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

    private fun httpUrl(
        start: URLBuilder,
        url: String,
    ): URLBuilder {
        try {
            start.takeFrom(url)
        } catch (e: URLParserException) {
            throw IllegalArgumentException("This is no URL: ${withoutCredentials(url)}", e.cause)
        }
        require(start.protocol.name == "http" || start.protocol.name == "https") {
            "The URL must begin with http:// or https://, and not so: ${withoutCredentials(url)}"
        }
        require(start.host.isNotEmpty()) {
            "There is no host in the URL ${withoutCredentials(url)}. Give a complete one, or the session a baseUrl."
        }
        return start
    }

    private fun proxyConfig(url: String): ProxyConfig {
        val address = httpUrl(URLBuilder(), url)
        require(address.user == null) {
            "Credentials for a proxy are not supported: the engine would send them to the server as well."
        }
        return ProxyBuilder.http(address.build())
    }

    private fun withoutCredentials(url: String) = url.replace(Regex("//[^/@]*@"), "//")

    public companion object {
        /** How many requests are under way at once, unless the session says otherwise. */
        public const val DEFAULT_LIMIT: Int = 100

        /** How many bytes of a body are kept in memory, unless the session says otherwise: 64 MiB. */
        public const val DEFAULT_MAX_BODY_SIZE: Int = 64 * 1024 * 1024
    }
}

private fun CIOEngineConfig.adapt() {
    // Its own limits would count the wait for a connection as time to connect.
    maxConnectionsCount = Int.MAX_VALUE
    endpoint.maxConnectionsPerRoute = Int.MAX_VALUE
    https.trustManager = NamedCertificates(https.trustManager)
}
