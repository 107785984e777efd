package dev.tandem.http

import com.sun.net.httpserver.HttpExchange
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.config
import io.ktor.client.engine.java.Java
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.net.InetAddress
import java.net.ServerSocket
import java.util.concurrent.ConcurrentLinkedQueue
import javax.net.ssl.SSLContext

/** Requests through a proxy: plain ones, tunnels, what the proxy may know, and how it fails. */
class ProxyTest {
    private val identity = Identity.authority()

    /** The headers about proxies that servers have seen. */
    private val shown = ConcurrentLinkedQueue<String>()

    @ParameterizedTest
    @EnumSource
    internal fun plainRequestIsForwarded(engine: Engine) =
        httpTest {
            server().use { server ->
                ForwardingProxy().use { proxy ->
                    ClientSession(proxy = proxy.url, engine = engine.factory).use { session ->
                        session.get(server.url("/x")).text() shouldBe "from /x"
                    }
                    proxy.asked shouldContainExactly listOf("GET ${server.url("/x")} HTTP/1.1")
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun httpsIsTunnelledAndStillVerified(engine: Engine) =
        httpTest {
            secureServer().use { server ->
                ForwardingProxy().use { proxy ->
                    session(engine, proxy.url).use { it.get(server.namedUrl("/x")).text() shouldBe "from /x" }
                    ClientSession(proxy = proxy.url, engine = engine.factory).use { session ->
                        shouldThrow<ClientConnectionException> {
                            session.get(
                                server.namedUrl("/x"),
                            )
                        }.message!! shouldContain
                            "through the proxy ${proxy.name}: the server's certificate or TLS was not accepted"
                    }
                    proxy.asked shouldContainExactly List(2) { "CONNECT localhost:${server.port} HTTP/1.1" }
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun tunnelThatIsRefusedNamesTheProxy(engine: Engine) =
        httpTest {
            for (status in listOf("403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway")) {
                RawServer { it.send("HTTP/1.1 $status\r\nContent-Length: 0\r\n\r\n") }.use { proxy ->
                    val failure = failureOf(engine, "http://$LOOPBACK:${proxy.port}")
                    failure.message!! shouldContain
                        "GET https://localhost:1/ through the proxy $LOOPBACK:${proxy.port}: "
                    failure.message!! shouldContain "the proxy refuses to connect to the server"
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun proxyThatIsNotThereIsNamed(engine: Engine) =
        httpTest {
            val port = ServerSocket(0, 1, InetAddress.getByName(LOOPBACK)).use { it.localPort }
            for (url in listOf("https://localhost:1/", "http://localhost:1/")) {
                failureOf(engine, "http://$LOOPBACK:$port", url).message!! shouldContain
                    "GET $url through the proxy $LOOPBACK:$port: cannot connect: "
            }
            failureOf(engine, "http://nowhere.invalid:80").message!! shouldContain
                "through the proxy nowhere.invalid:80: the proxy's host is not known"
        }

    @ParameterizedTest
    @EnumSource
    internal fun proxyThatGoesAwayIsNamed(engine: Engine) =
        httpTest {
            RawServer { }.use { proxy ->
                for (url in listOf("https://localhost:1/", "http://localhost:1/")) {
                    failureOf(engine, "http://$LOOPBACK:${proxy.port}", url).message!! shouldContain
                        "GET $url through the proxy $LOOPBACK:${proxy.port}: the proxy closed the connection"
                }
            }
        }

    @Test
    fun answerOfAProxyThatIsNotHttpIsAnError() =
        httpTest {
            RawServer { it.send("220 mail.example ESMTP\r\n\r\n") }.use { proxy ->
                failureOf(Engine.CIO_ENGINE, "http://$LOOPBACK:${proxy.port}").message!! shouldContain
                    "through the proxy $LOOPBACK:${proxy.port}: "
            }
        }

    // ---- credentials ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    internal fun credentialsAreForTheProxyOnly(engine: Engine) =
        httpTest {
            server().use { server ->
                ForwardingProxy().use { proxy ->
                    ClientSession(proxy = proxy.urlWithCredentials, engine = engine.factory).use { session ->
                        session.get(server.url("/away")).text() shouldBe "from /x"
                        "$session ${session.client.engineConfig.proxy}" shouldNotContain "secret"
                    }
                    proxy.credentials shouldContainExactly List(2) { "Basic YWRhOnNlY3JldA==" }
                }
            }
            // A proxy that passes them on is another matter: this one takes them away, as RFC 9110 says.
            shown shouldHaveSize 0
        }

    @ParameterizedTest
    @EnumSource
    internal fun credentialsAreNotSentIntoATunnel(engine: Engine) =
        httpTest {
            val away = JdkServer("/" to { it.answer("", 302, "Location" to "https://localhost:1/") })
            away.use { server ->
                ForwardingProxy().use { proxy ->
                    session(engine, proxy.urlWithCredentials).use { session ->
                        for (url in listOf("https://localhost:1/", server.url())) {
                            val failure = shouldThrow<ClientConnectionException> { session.get(url) }
                            failure.message!! shouldContain "the engine would show them to the server as well"
                            failure.stackTraceToString() shouldNotContain "secret"
                        }
                        session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                    }
                    proxy.asked shouldContainExactly listOf("GET ${server.url()} HTTP/1.1")
                }
            }
        }

    /** The reason for the refusal. When Ktor is better than 3.6.1, this fails, and the refusal can go. */
    @Test
    fun cioWouldShowTheCredentialsToTheServerOfATunnel() =
        httpTest {
            secureServer().use { server ->
                ForwardingProxy().use { proxy ->
                    session(Engine.CIO_ENGINE, proxy.url).use { session ->
                        session.get(server.namedUrl("/x")) { header("Proxy-Authorization", "for the proxy") }.text()
                    }
                    proxy.credentials shouldContainExactly listOf("for the proxy")
                }
            }
            shown shouldContain "for the proxy"
        }

    @Test
    fun proxyThatWantsTlsIsRefusedAtTheCall() =
        httpTest {
            shouldThrow<IllegalArgumentException> {
                ClientSession(
                    proxy = "https://a:secret@$LOOPBACK:1",
                )
            }.message shouldBe
                "The engines talk to a proxy without TLS: its URL must begin with http://, and not so: https://$LOOPBACK:1"
        }

    private fun server() = JdkServer("/" to ::answer, "/away" to { it.answer("", 302, "Location" to "/x") })

    private fun secureServer() = JdkServer(identity.issue("localhost").serverContext, mapOf("/" to ::answer))

    private fun answer(exchange: HttpExchange) {
        exchange.requestHeaders
            .filterKeys { it.startsWith("Proxy-") }
            .values
            .forEach { shown += it }
        exchange.answer("from ${exchange.requestURI.path}")
    }

    private fun session(
        engine: Engine,
        proxy: String,
    ) = when (engine) {
        Engine.CIO_ENGINE ->
            ClientSession(
                proxy = proxy,
                engine =
                    CIO.config {
                        https {
                            trustManager =
                                identity.trustManager
                        }
                    },
            )
        Engine.JDK_ENGINE -> {
            val context = SSLContext.getInstance("TLS").apply { init(null, arrayOf(identity.trustManager), null) }
            ClientSession(proxy = proxy, engine = Java.config { config { sslContext(context) } })
        }
    }

    private suspend fun failureOf(
        engine: Engine,
        proxy: String,
        url: String = "https://localhost:1/",
    ): ClientConnectionException =
        ClientSession(proxy = proxy, engine = engine.factory).use { session ->
            shouldThrow<ClientConnectionException> { session.get(url) }.also {
                session.toString() shouldBe "ClientSession(open, 0 requests under way)"
            }
        }

    private fun JdkServer.namedUrl(path: String) = url(path).replace(LOOPBACK, "localhost")
}
