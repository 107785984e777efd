package dev.tandem.http

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldNotContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

/** What would put another header, or another request, on the wire is refused where it is given. */
class RequestInjectionTest {
    @ParameterizedTest
    @ValueSource(strings = ["a\r\nX: y", "a\nX: y", "a\rX: y", "a\u0000"])
    fun headerValueWithALineBreakIsRefused(value: String) =
        refused {
            shouldThrow<IllegalArgumentException> { it.get("") { header("X-A", value) } }
            shouldThrow<IllegalArgumentException> { it.get("") { bearer("secret$value") } }.message shouldBe
                "There is a line break or control character in Authorization."
            shouldThrow<IllegalArgumentException> { ClientSession(headers = mapOf("X-A" to value)) }
        }

    @ParameterizedTest
    @ValueSource(strings = ["X\r\nY", "X Y", "X:Y", "", "Transfer-Encoding", "upgrade"])
    fun headerNameThatIsNoneOrTheEnginesIsRefused(name: String) =
        refused {
            shouldThrow<IllegalArgumentException> { it.get("") { header(name, "value") } }
            shouldThrow<IllegalArgumentException> { ClientSession(headers = mapOf(name to "value")) }
        }

    @ParameterizedTest
    @ValueSource(strings = ["GET /x HTTP/1.1\r\nX: y\r\n\r\nGET", "GET\n", "GET ", " ", "", "GÉT", "A:B"])
    fun methodThatIsNoneIsRefused(method: String) =
        refused { shouldThrow<IllegalArgumentException> { it.request(method, "") }.message!! shouldNotContain "\n" }

    @ParameterizedTest
    @ValueSource(strings = ["a\r\nX: y", "a?b=\r\nX: y", "a#\r\nX: y", "a\tb", "http://h\r\nX: y/"])
    fun urlWithALineBreakIsRefused(url: String) =
        refused {
            shouldThrow<IllegalArgumentException> { it.get(url) }.message!! shouldNotContain "\n"
            shouldThrow<IllegalArgumentException> { ClientSession(baseUrl = "http://h/$url") }
            shouldThrow<IllegalArgumentException> { ClientSession(proxy = "http://h/$url") }
        }

    @ParameterizedTest
    @ValueSource(strings = ["text/plain\r\nX: y", "text/plain; a=\"\r\nX: y\""])
    fun contentTypeWithALineBreakIsRefused(type: String) =
        refused {
            shouldThrow<IllegalArgumentException> { it.post("") { body("x", type) } }
            shouldThrow<IllegalArgumentException> { it.post("") { body(ByteArray(1), type) } }
            shouldThrow<IllegalArgumentException> { it.post("") { stream(type) {} } }
            shouldThrow<IllegalArgumentException> { it.post("") { multipart { file("n", "f", ByteArray(1), type) } } }
        }

    @Test
    fun cookieNameWithALineBreakIsRefused() {
        for (name in listOf("a\r\nb", "a b", "a=b", "a;b", "")) {
            shouldThrow<IllegalArgumentException> { CookieJar().add("http://127.0.0.1/", name, "value") }
        }
    }

    @Test
    fun whatCanBeEncodedIsEncoded() =
        httpTest {
            val seen = ArrayList<String>()
            JdkServer(
                "/" to {
                    seen +=
                        "${it.requestURI} ${it.requestHeaders["Cookie"]} ${it.body.lines().filter { line ->
                            "X: y" in line
                        }}"
                    it.answer()
                },
            ).use { server ->
                val jar = CookieJar().apply { add(server.url(), "c", "1\r\nX: y") }
                ClientSession(baseUrl = server.url(), cookieJar = jar).use { session ->
                    session.get("a b/ü") { param("q\r\n", "1\r\nX: y") }.close()
                    session.post("form") { form("a\r\n" to "1\r\nX: y") }.close()
                }
            }
            seen.joinToString("\n") shouldBe
                """
                /a%20b/%C3%BC?q%0D%0A=1%0D%0AX%3A+y [c=1%0D%0AX%3A+y] []
                /form [c=1%0D%0AX%3A+y] []
                """.trimIndent()
        }

    @Test
    fun namesInAMultipartFormCannotBeginAHeader() =
        httpTest {
            var body = ""
            JdkServer(
                "/" to {
                    body = it.body
                    it.answer()
                },
            ).use { server ->
                ClientSession().use { session ->
                    session
                        .post(server.url()) {
                            multipart {
                                field("a\r\nX: y\r\n\r\n", "v")
                                file("b\"\r\nX: y", "c\r\nX: y", ByteArray(0))
                            }
                        }.close()
                }
            }
            body.lines().filter { it.startsWith("X: y") }.shouldBeEmpty()
        }

    private fun refused(body: suspend (ClientSession) -> Unit) =
        httpTest {
            JdkServer("/" to { it.answer() }).use { server ->
                ClientSession(baseUrl = server.url()).use { session ->
                    body(session)
                    session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                    // And the session is as good as before.
                    session.get("").use { it.status } shouldBe 200
                }
            }
        }
}
