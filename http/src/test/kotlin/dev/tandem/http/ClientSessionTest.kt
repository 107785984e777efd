package dev.tandem.http

import dev.tandem.createTask
import dev.tandem.gather
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

/** Requests and responses, against the server of the JDK. */
class ClientSessionTest {
    @Test
    fun bodyIsTheAnswerAndTheHeadCameBefore() =
        httpTest {
            JdkServer("/" to { it.answer("hello", 200, "Content-Type" to "text/plain") }).use { server ->
                ClientSession().use { session ->
                    session.get(server.url("/")).use { response ->
                        response.status shouldBe 200
                        response.contentType shouldBe "text/plain"
                        response.contentLength shouldBe 5
                        response.text() shouldBe "hello"
                        response.text() shouldBe "hello"
                    }
                }
            }
        }

    @Test
    fun eachMethodIsSentUnderItsName() =
        httpTest {
            val methods = ArrayList<String>()
            JdkServer(
                "/" to {
                    methods += it.requestMethod
                    it.answer()
                },
            ).use { server ->
                ClientSession(baseUrl = server.url("/")).use { session ->
                    session.get("").close()
                    session.post("").close()
                    session.put("").close()
                    session.patch("").close()
                    session.delete("").close()
                    session.head("").close()
                    session.options("").close()
                    session.request("REPORT", "").close()
                }
            }
            methods shouldContainExactly
                listOf("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "REPORT")
        }

    @Test
    fun responseOutlivesTheTaskThatGotIt() =
        httpTest {
            JdkServer("/" to { it.answer(it.requestURI.path) }).use { server ->
                ClientSession().use { session ->
                    val (a, b) =
                        gather(
                            createTask { session.get(server.url("/a")) },
                            createTask { session.get(server.url("/b")) },
                        ).await()
                    a.text() + b.text() shouldBe "/a/b"
                }
            }
        }

    @Test
    fun headersAndParametersOfTheRequestComeBeforeThoseOfTheSession() =
        httpTest {
            var seen = ""
            val handler = { it: com.sun.net.httpserver.HttpExchange ->
                seen = "${it.requestURI} ${it.requestHeaders["X-A"]} ${it.requestHeaders["X-B"]}"
                it.answer()
            }
            JdkServer("/" to handler).use { server ->
                ClientSession(
                    baseUrl = server.url("/api/"),
                    headers = mapOf("X-A" to "session", "X-B" to "session"),
                    params = mapOf("key" to "k", "page" to "1"),
                ).use { session ->
                    session
                        .get("users") {
                            header("X-B", "request")
                            param("page", 2)
                            param("q", "a b&c")
                        }.close()
                }
            }
            seen shouldBe "/api/users?key=k&page=2&q=a+b%26c [session] [request]"
        }

    @Test
    fun credentialsInTheUrlAreSentAndNeverShown() =
        httpTest {
            var authorization = ""
            JdkServer(
                "/" to {
                    authorization = it.requestHeaders.getFirst("Authorization")
                    it.answer("", 404)
                },
            ).use { server ->
                ClientSession(raiseForStatus = true).use { session ->
                    val url = server.url("/x").replace("//", "//ada:secret@")
                    val failure = shouldThrow<ClientResponseException> { session.get(url) }
                    failure.message!! shouldContain "/x was answered with 404 Not Found"
                    "$failure ${failure.url}" shouldNotContain "secret"
                }
            }
            authorization shouldBe "Basic YWRhOnNlY3JldA=="
        }

    @Test
    fun urlThatIsNotHttpFailsAtTheCall() =
        httpTest {
            ClientSession().use { session ->
                shouldThrow<IllegalArgumentException> { session.get("ftp://ada:secret@127.0.0.1/") }.message shouldBe
                    "The URL must begin with http:// or https://, and not so: ftp://127.0.0.1/"
                shouldThrow<IllegalArgumentException> { session.get("/users") }
            }
        }

    @Test
    fun credentialsAndQueryOfTheBaseUrlAreForItsServer() =
        httpTest {
            val seen = ArrayList<String>()
            val note = { it: com.sun.net.httpserver.HttpExchange ->
                seen += "${it.requestURI} ${it.requestHeaders.getFirst("Authorization")}"
                it.answer()
            }
            JdkServer("/" to note).use { own ->
                JdkServer("/" to note).use { other ->
                    val base = own.url("/api/?key=secret").replace("//", "//ada:secret@")
                    ClientSession(baseUrl = base).use { session ->
                        session.get("users").close()
                        session.get(other.url("/x")).close()
                        session.get(" //127.0.0.1:${other.port}").close()
                        session.get(other.url("/y").replace("//", "//bob@")).close()
                    }
                }
            }
            seen shouldContainExactly
                listOf("/api/users?key=secret Basic YWRhOnNlY3JldA==", "/x null", "/ null", "/y Basic Ym9iOg==")
        }

    @ParameterizedTest
    @CsvSource(
        "../users, /api/users",
        "./users, /api/v1/users",
        "a/./b/../c, /api/v1/a/c",
        "a/.., /api/v1/",
        "., /api/v1/",
        "/a/../../b, /b",
        "../../../.., /",
        "a..b/.c/d., /api/v1/a..b/.c/d.",
        "..?x=../y, /api/?x=../y",
    )
    fun dotsInAUrlAreResolved(
        url: String,
        path: String,
    ) = httpTest {
        JdkServer("/" to { it.answer("${it.requestURI}") }).use { server ->
            ClientSession(baseUrl = server.url("/api/v1/")).use { it.get(url).text() shouldBe path }
        }
    }

    @Test
    fun hostInCapitalsIsTheSameHost() =
        httpTest {
            val answer = { it: com.sun.net.httpserver.HttpExchange ->
                it.answer("${it.requestHeaders["Cookie"]}", 200, "Set-Cookie" to "n=1")
            }
            JdkServer("/" to answer).use { server ->
                ClientSession(baseUrl = "http://LOCALHOST:${server.port}/").use { session ->
                    session.get("").close()
                    session.get("").text() shouldBe "[n=1]"
                    session.get("http://LocalHost:${server.port}/").text() shouldBe "[n=1]"
                }
            }
        }

    @Test
    fun otherThreadIsRefusedAndChangesNothing() =
        httpTest {
            val loop = runningLoop()
            JdkServer("/" to { it.answer("hello") }).use { server ->
                ClientSession(limit = 1).use { session ->
                    val response = session.get(server.url())
                    for (close in listOf(session::close, response::close)) {
                        val refusal =
                            shouldThrow<IllegalStateException> { loop.runInExecutor(null) { close() }.await() }
                        refusal.message!! shouldContain "close() on thread"
                    }
                    val refusal =
                        shouldThrow<IllegalStateException> { withContext(Dispatchers.IO) { response.text() } }
                    refusal.message!! shouldContain "read() on thread"
                    session.isClosed shouldBe false
                    response.text() shouldBe "hello"
                    session.get(server.url()).text() shouldBe "hello"
                }
            }
        }

    @Test
    fun closedSessionTakesNoRequests() =
        httpTest {
            val session = ClientSession()
            session.close()
            session.close()
            shouldThrow<IllegalStateException> { session.get("http://127.0.0.1/") }.message!! shouldContain "is closed"
            session.waitClosed()
        }
}
