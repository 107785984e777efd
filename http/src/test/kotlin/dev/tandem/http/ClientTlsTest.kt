package dev.tandem.http

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.config
import io.ktor.client.engine.java.Java
import org.junit.jupiter.api.Test
import java.time.Instant
import java.time.temporal.ChronoUnit
import javax.net.ssl.SSLContext

/** HTTPS with the default engine and with the JDK's: whom they trust. */
class ClientTlsTest {
    private val authority = Identity.authority()

    @Test
    fun trustedServerIsTalkedTo() =
        httpTest {
            JdkServer(authority.issue("localhost").serverContext, mapOf("/" to { it.answer("secret") })).use { server ->
                cio(authority).use { it.get(server.namedUrl()).text() shouldBe "secret" }
                jdk(authority).use { it.get(server.namedUrl()).text() shouldBe "secret" }
            }
        }

    @Test
    fun unknownAuthorityIsNotTrusted() = refused(authority.issue("localhost"), Identity.authority("CN=Another"))

    @Test
    fun selfSignedCertificateIsNotTrusted() = refused(Identity.selfSigned("localhost"), authority)

    @Test
    fun certificateForAnotherHostIsNotTaken() = refused(authority.issue("elsewhere.example"), authority)

    @Test
    fun certificateForAnAddressIsNotTakenForAName() = refused(authority.issue("127.0.0.2"), authority)

    @Test
    fun addressIsLeftToAnEngineThatCanVerifyIt() =
        httpTest {
            JdkServer(authority.issue(LOOPBACK).serverContext, mapOf("/" to { it.answer("secret") })).use { server ->
                cio(authority).use { session ->
                    val failure = shouldThrow<ClientConnectionException> { session.get(server.url()) }
                    failure.message!! shouldContain "has an address in place of a host name"
                }
                jdk(authority).use { it.get(server.url()).text() shouldBe "secret" }
            }
        }

    @Test
    fun expiredCertificateIsNotTaken() {
        val longAgo = Instant.now().minus(10, ChronoUnit.DAYS)
        refused(authority.issue("localhost", from = longAgo, until = Identity.YESTERDAY), authority)
    }

    @Test
    fun downgradeIsNotFollowed() =
        httpTest {
            JdkServer("/" to { it.answer("plain") }).use { plain ->
                val handlers =
                    mapOf<String, (com.sun.net.httpserver.HttpExchange) -> Unit>(
                        "/" to { it.answer("", 302, "Location" to plain.url()) },
                    )
                JdkServer(authority.issue("localhost").serverContext, handlers).use { server ->
                    cio(authority).use { it.get(server.namedUrl()).use { response -> response.status shouldBe 302 } }
                }
            }
        }

    private fun refused(
        server: Identity,
        trusted: Identity,
    ) = httpTest {
        RawServer(server.serverContext) { it.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }.use {
            cio(trusted).use { session ->
                val url = "https://localhost:${it.port}/"
                val before = openSockets()
                val failure = shouldThrow<ClientConnectionException> { session.get(url) }
                failure.message!! shouldContain "the server's certificate or TLS was not accepted: "
                // Nor does it take the end of the session to close the socket.
                eventually { openSockets() <= before }
            }
        }
    }

    private fun cio(identity: Identity) =
        ClientSession(
            engine =
                CIO.config {
                    https {
                        trustManager =
                            identity.trustManager
                    }
                },
        )

    private fun jdk(identity: Identity): ClientSession {
        val context = SSLContext.getInstance("TLS").apply { init(null, arrayOf(identity.trustManager), null) }
        return ClientSession(engine = Java.config { config { sslContext(context) } })
    }

    private fun JdkServer.namedUrl() = url().replace(LOOPBACK, "localhost")
}
