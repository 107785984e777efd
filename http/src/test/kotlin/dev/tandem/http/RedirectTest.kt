package dev.tandem.http

import com.sun.net.httpserver.HttpExchange
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.util.concurrent.CountDownLatch

/** Redirects: which are followed, with what method, and who gets which credentials. */
class RedirectTest {
    private val seen = ArrayList<String>()

    @Test
    fun getGoesToTheEndAndRemembersTheWay() =
        httpTest {
            JdkServer(
                "/a" to { it.redirect(302, "/b?x=1") },
                "/b" to { it.redirect(301, "c") },
                "/c" to { it.answer("here") },
            ).use { server ->
                ClientSession().use { session ->
                    val response = session.get(server.url("/a"))
                    response.text() shouldBe "here"
                    response.url shouldBe server.url("/c")
                    response.history.map { "${it.status} ${it.url} ${it.location}" } shouldContainExactly
                        listOf(
                            "302 ${server.url("/a")} ${server.url("/b?x=1")}",
                            "301 ${server.url("/b?x=1")} ${server.url("/c")}",
                        )
                }
            }
        }

    @Test
    fun postGoesOnAsGetExceptWhereTheStatusForbidsIt() =
        httpTest {
            JdkServer(
                "/302" to { it.redirect(302, "/end") },
                "/303" to { it.redirect(303, "/end") },
                "/307" to { it.redirect(307, "/end") },
                "/end" to {
                    seen += "${it.requestMethod} ${it.requestHeaders.getFirst("Content-Type")} ${it.body}"
                    it.answer()
                },
            ).use { server ->
                ClientSession(baseUrl = server.url()).use { session ->
                    for (status in listOf("302", "303", "307")) session.post(status) { form("a" to "1") }.close()
                }
            }
            seen shouldContainExactly
                listOf("GET null ", "GET null ", "POST application/x-www-form-urlencoded; charset=UTF-8 a=1")
        }

    @Test
    fun streamedBodyIsNotSentAgain() =
        httpTest {
            JdkServer("/" to { it.redirect(307, "/end") }).use { server ->
                ClientSession().use { session ->
                    shouldThrow<ClientException> {
                        session.put(
                            server.url(),
                        ) { stream { it.write("x") } }
                    }.message!! shouldContain
                        "its body was streamed and cannot be sent again"
                }
            }
        }

    @Test
    fun credentialsStayWithTheirServer() =
        httpTest {
            val other =
                JdkServer(
                    "/" to {
                        it.note()
                        it.answer()
                    },
                )
            val first =
                JdkServer(
                    "/same" to { it.redirect(302, "/end") },
                    "/end" to {
                        it.note()
                        it.redirect(302, other.url())
                    },
                )
            other.use {
                first.use {
                    ClientSession(cookieJar = null).use { session ->
                        session
                            .get(first.url("/same")) {
                                bearer("secret")
                                header("Cookie", "a=b")
                            }.close()
                    }
                }
            }
            seen shouldContainExactly listOf("Bearer secret a=b", "null null")
        }

    @Test
    fun hostInCapitalsIsTheSameServer() =
        httpTest {
            JdkServer(
                "/a" to { it.redirect(302, "http://LOCALHOST:${it.localAddress.port}/b") },
                "/b" to {
                    it.note()
                    it.answer()
                },
            ).use { server ->
                ClientSession().use { session ->
                    session.get("http://localhost:${server.port}/a") { bearer("secret") }.close()
                }
            }
            seen shouldContainExactly listOf("Bearer secret null")
        }

    @Test
    fun dotsInALocationAreResolved() =
        httpTest {
            JdkServer(
                "/app/a/b" to { it.redirect(302, "../login") },
                "/" to { it.answer("${it.requestURI}") },
            ).use { server ->
                ClientSession().use { session -> session.get(server.url("/app/a/b")).text() shouldBe "/app/login" }
            }
        }

    @Test
    fun moreRedirectsThanAllowedAreAnError() =
        httpTest {
            JdkServer("/" to { it.redirect(302, "/") }).use { server ->
                ClientSession(maxRedirects = 3).use { session ->
                    val failure = shouldThrow<TooManyRedirectsException> { session.get(server.url()) }
                    failure.message shouldBe
                        "GET ${server.url()} was redirected more than 3 times, the last time to ${server.url()}."
                    failure.history shouldHaveSize 3
                }
            }
        }

    @Test
    fun withoutRedirectsTheRedirectIsTheResponse() =
        httpTest {
            JdkServer("/" to { it.redirect(302, "/b") }).use { server ->
                ClientSession().use { session ->
                    session.get(server.url()) { maxRedirects(0) }.use { response ->
                        response.status shouldBe 302
                        response.headers["Location"] shouldBe "/b"
                    }
                }
            }
        }

    @Test
    fun otherProtocolIsAnError() =
        httpTest {
            JdkServer("/" to { it.redirect(302, "ftp://127.0.0.1/") }).use { server ->
                ClientSession().use { session ->
                    shouldThrow<ClientException> { session.get(server.url()) }.message!! shouldContain
                        "another protocol: ftp"
                }
            }
        }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "http://", "http:///x", "http://[::1/", "http://127.0.0.1:99999999/", "http://127.0.0.1:port/", "//", "",
            "javascript:alert(1)", "mailto:ada@example.org", "http://nowhere.invalid/%zz", "http://a b.invalid/",
        ],
    )
    fun locationThatLeadsNowhereIsAReadableException(location: String) =
        httpTest {
            val answer = "HTTP/1.1 302 Found\r\nLocation: $location\r\nContent-Length: 0\r\n\r\n"
            RawServer { it.send(answer) }.use { server ->
                ClientSession().use { session ->
                    val failure = shouldThrow<ClientException> { session.get(server.url()) }
                    failure.message!! shouldContain "GET ${server.url()}"
                    session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                }
            }
        }

    @Test
    fun bodyOfARedirectIsNotWaitedForAndItsConnectionIsClosed() =
        httpTest {
            val closed = CountDownLatch(1)
            RawServer { socket ->
                socket.send("HTTP/1.1 302 Found\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n")
                try {
                    while (true) socket.send("4\r\nmore\r\n")
                } finally {
                    closed.countDown()
                }
            }.use { first ->
                JdkServer("/b" to { it.answer("here") }).use { second ->
                    val session = ClientSession()
                    session.use {
                        val url = first.url("/a")
                        shouldThrow<TooManyRedirectsException> { session.get(url) { maxRedirects(3) } }
                        eventually { closed.count == 0L }
                        session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                        session.get(second.url("/b")).text() shouldBe "here"
                    }
                }
            }
        }

    @Test
    fun loopWithABodyEnds() =
        httpTest {
            JdkServer("/" to { it.redirect(307, "/") }).use { server ->
                ClientSession(maxRedirects = 2, limit = 1).use { session ->
                    repeat(2) {
                        shouldThrow<TooManyRedirectsException> { session.post(server.url()) { body("again") } }
                    }
                }
            }
        }

    private fun HttpExchange.redirect(
        status: Int,
        location: String,
    ) = answer("", status, "Location" to location)

    private fun HttpExchange.note() {
        seen += "${requestHeaders.getFirst("Authorization")} ${requestHeaders.getFirst("Cookie")}"
    }
}
