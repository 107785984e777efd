package dev.tandem.http.internal

import dev.tandem.http.ClientConnectionException
import io.ktor.client.HttpClient
import io.ktor.client.HttpClientConfig
import io.ktor.client.engine.HttpClientEngineFactory
import io.ktor.client.engine.cio.CIOEngineConfig
import io.ktor.client.plugins.HttpRequestRetry
import io.ktor.client.plugins.HttpSend
import io.ktor.client.plugins.HttpTimeout
import io.ktor.client.plugins.HttpTimeoutCapability
import io.ktor.client.plugins.HttpTimeoutConfig
import io.ktor.client.plugins.cookies.CookiesStorage
import io.ktor.client.plugins.plugin
import io.ktor.client.plugins.timeout
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.HttpSendPipeline
import io.ktor.http.hostIsIp
import io.ktor.http.isSecure
import kotlin.time.Duration

/** Makes the Ktor client of a session. [configure] may change all but what the session does itself. */
internal fun newKtorClient(
    engine: HttpClientEngineFactory<*>,
    proxy: ForwardProxy?,
    cookieJar: CookiesStorage?,
    configure: HttpClientConfig<*>.() -> Unit,
): HttpClient {
    val client =
        HttpClient(engine) {
            engine {
                if (proxy != null) this.proxy = proxy.config
                if (this is CIOEngineConfig) adapt()
            }
            install(HttpTimeout)
            install(HttpRequestRetry) { noRetry() }
            install(HttpSend) { maxSendCount = Int.MAX_VALUE }
            configure()
            followRedirects = false
            expectSuccess = false
        }
    client.plugin(HttpSend).intercept { request ->
        request.attributes.getOrNull(Redirects.KEY)?.follow(this, request) ?: execute(request)
    }
    // For each redirect, too.
    val verifiesAddresses = client.engineConfig !is CIOEngineConfig
    client.sendPipeline.intercept(HttpSendPipeline.Before) {
        if (!verifiesAddresses) refuseAddress(context)
        proxy?.authorize(context)
    }
    cookieJar?.let(client::useCookies)
    return client
}

private fun CIOEngineConfig.adapt() {
    // Its own limits would count the wait for a connection as time to connect.
    maxConnectionsCount = Int.MAX_VALUE
    endpoint.maxConnectionsPerRoute = Int.MAX_VALUE
    https.trustManager = NamedCertificates(https.trustManager)
}

private fun refuseAddress(request: HttpRequestBuilder) {
    if (!request.url.protocol.isSecure() || !hostIsIp(request.url.host)) return
    val url = display(request.url)
    throw ClientConnectionException(
        "$url has an address in place of a host name, and the engine CIO cannot tell whose certificate that is. " +
            "Use a host name, or another engine, such as ktor-client-java.",
    )
}

/** Tells the engine the limits that are its own. That of all is ours: it runs on to the end of the body. */
internal fun HttpClient.limit(
    request: HttpRequestBuilder,
    connect: Duration?,
    socketRead: Duration?,
) {
    if (!isSupported(HttpTimeoutCapability)) return
    request.timeout {
        requestTimeoutMillis = HttpTimeoutConfig.INFINITE_TIMEOUT_MS
        connectTimeoutMillis = millis(connect)
        socketTimeoutMillis = millis(socketRead)
    }
}

private fun millis(limit: Duration?): Long =
    limit?.inWholeMilliseconds?.coerceAtLeast(1) ?: HttpTimeoutConfig.INFINITE_TIMEOUT_MS
