package dev.tandem.http

import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.ktor.http.Cookie
import io.ktor.http.Url
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test

/** Whose cookies go where. */
class CookieJarTest {
    private val jar = CookieJar()

    @Test
    fun cookieGoesBackToItsHostOnly() {
        set("http://a.example/", Cookie("n", "1"))
        sentTo("http://a.example/x") shouldContainExactly listOf("n=1")
        sentTo("http://b.a.example/") shouldBe emptyList()
        sentTo("http://example/") shouldBe emptyList()
    }

    @Test
    fun cookieOfADomainGoesToItsHosts() {
        set("http://a.shop.example/", Cookie("n", "1", domain = ".shop.example", path = "/"))
        sentTo("http://b.shop.example/") shouldContainExactly listOf("n=1")
        sentTo("http://notshop.example/") shouldBe emptyList()
    }

    @Test
    fun cookieForAnotherDomainIsNotTaken() {
        set("http://evil.example/", Cookie("n", "1", domain = "bank.example", path = "/"))
        sentTo("http://bank.example/") shouldBe emptyList()
    }

    @Test
    fun withoutAPathACookieIsForTheDirectory() {
        set("http://a.example/app/login", Cookie("n", "1"))
        sentTo("http://a.example/app/home") shouldContainExactly listOf("n=1")
        sentTo("http://a.example/other") shouldBe emptyList()
    }

    @Test
    fun secureCookieIsForHttps() {
        set("https://a.example/", Cookie("n", "1", secure = true))
        sentTo("http://a.example/") shouldBe emptyList()
        sentTo("https://a.example/") shouldContainExactly listOf("n=1")
    }

    @Test
    fun newValueReplacesTheOldAndNoTimeRemovesIt() {
        set("http://a.example/", Cookie("n", "1"))
        set("http://a.example/", Cookie("n", "2"))
        sentTo("http://a.example/") shouldContainExactly listOf("n=2")
        set("http://a.example/", Cookie("n", "", maxAge = 0))
        sentTo("http://a.example/") shouldBe emptyList()
    }

    @Test
    fun serverCannotFillTheJar() {
        repeat(CookieJar.MAX_COOKIES + 5) { set("http://a.example/", Cookie("n$it", "1")) }
        set("http://a.example/", Cookie("big", "x".repeat(CookieJar.MAX_SIZE)))
        jar.toString() shouldBe "CookieJar(${CookieJar.MAX_COOKIES} cookies)"
    }

    @Test
    fun sessionSendsWhatItWasGiven() =
        httpTest {
            val seen = ArrayList<String?>()
            JdkServer(
                "/login" to
                    { it.answer("", 200, "Set-Cookie" to "id=42; Path=/", "Set-Cookie" to "tmp=1; Path=/login") },
                "/home" to {
                    seen += it.requestHeaders.getFirst("Cookie")
                    it.answer()
                },
            ).use { server ->
                ClientSession(baseUrl = server.url()).use { session ->
                    session.post("login").use {
                        it.cookies.map { cookie -> cookie.name } shouldContainExactly
                            listOf("id", "tmp")
                    }
                    session.get("home").close()
                }
            }
            seen shouldContainExactly listOf("id=42")
        }

    @Test
    fun cookiesOfOneRequestAreNotKeptAndComeBeforeThoseOfTheJar() =
        httpTest {
            val seen = ArrayList<String?>()
            JdkServer(
                "/" to {
                    seen += it.requestHeaders.getFirst("Cookie")
                    it.answer("", 200, "Set-Cookie" to "id=jar; Path=/")
                },
                "/away" to { it.answer("", 302, "Location" to "/", "Set-Cookie" to "new=1; Path=/") },
            ).use { server ->
                ClientSession(baseUrl = server.url()).use { session ->
                    session.get("away") { header("Cookie", "id=mine") }.close()
                    session.get("").close()
                }
            }
            seen shouldContainExactly listOf("id=mine; new=1", "new=1; id=jar")
        }

    @Test
    fun cookieForAnotherDomainIsNotTakenFromAnAnswer() =
        httpTest {
            val cookie = "id=1; Domain=bank.example; Path=/"
            JdkServer("/" to { it.answer("", 200, "Set-Cookie" to cookie) }).use { server ->
                ClientSession().use { session ->
                    session.get(server.url()).close()
                    session.cookieJar.toString() shouldBe "CookieJar(0 cookies)"
                }
            }
        }

    @Test
    fun hostIsTheSameInCapitals() {
        set("http://A.example/", Cookie("n", "1"))
        sentTo("http://a.EXAMPLE/x") shouldContainExactly listOf("n=1")
    }

    @Test
    fun valueGoesBackAsItCame() =
        httpTest {
            val values = listOf("a=\"x y\"", "b=1,\"2\"=", "c=\"", "d=")
            answered(values.map { "$it; Path=/" }) shouldBe values.joinToString("; ")
        }

    @Test
    fun attributeThatMakesNoSenseLeavesTheCookie() =
        httpTest {
            answered(
                listOf(
                    "a=1; Max-Age=soon",
                    "b=2; Max-Age=99999999999",
                    "c=3; Expires=never; Path=x",
                    "d=4; Max-Age=-99999999999",
                ),
            ) shouldBe "a=1; b=2; c=3"
        }

    /** The cookies that come with the second request, when the first was answered with [cookies]. */
    private suspend fun answered(cookies: List<String>): String {
        val setting = cookies.map { "Set-Cookie" to it }.toTypedArray()
        JdkServer("/" to { it.answer("${it.requestHeaders.getFirst("Cookie")}", 200, *setting) }).use { server ->
            return ClientSession().use { session ->
                session.get(server.url()).close()
                session.get(server.url()).text()
            }
        }
    }

    private fun set(
        url: String,
        cookie: Cookie,
    ) = runBlocking { jar.addCookie(Url(url), cookie) }

    private fun sentTo(url: String) = jar.cookies(url).map { "${it.name}=${it.value}" }
}
