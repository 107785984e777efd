package dev.tandem.http.internal

import dev.tandem.http.ClientConnectionException
import dev.tandem.http.basicCredentials
import io.ktor.client.engine.ProxyConfig
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.http.HttpHeaders
import io.ktor.http.URLBuilder
import io.ktor.http.isSecure
import java.net.InetSocketAddress
import java.net.Proxy

/** The proxy that all requests of a session go through: where it is, and with what credentials it is asked. */
internal class ForwardProxy(
    url: String,
) {
    private val address = URLBuilder().takeHttpUrl(url)
    private val authorization = address.user?.let { basicCredentials(it, address.password.orEmpty()) }

    /** The name is looked up by the engine, on a thread of its own. */
    val config: ProxyConfig = Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.host, address.port))

    init {
        require(!address.protocol.isSecure()) {
            "The engines talk to a proxy without TLS: its URL must begin with http://, and not so: ${display(address)}"
        }
    }

    /**
     * Gives the proxy its credentials, for http. For https, CIO sends all headers of a request to the proxy and, within
     * the tunnel, to the server as well, who must not learn them; the JDK's client sends none.
     */
    fun authorize(request: HttpRequestBuilder) {
        if (authorization == null) return
        if (request.url.protocol.isSecure()) {
            val url = display(request.url)
            throw ClientConnectionException(
                "$url cannot be asked for through the proxy $this with credentials: the engine would show them to " +
                    "the server as well. Use a proxy that knows its clients by their addresses for https.",
            )
        }
        request.headers[HttpHeaders.ProxyAuthorization] = authorization
    }

    override fun toString(): String = "${address.host}:${address.port}"
}
