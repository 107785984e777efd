package dev.tandem.http

import io.ktor.client.plugins.cookies.CookiesStorage
import io.ktor.client.plugins.cookies.matches
import io.ktor.http.Cookie
import io.ktor.http.URLBuilder
import io.ktor.http.Url
import io.ktor.http.hostIsIp
import io.ktor.util.date.getTimeMillis

/**
 * The cookies of a session, by the rules of RFC 6265: a server can set them for its own host and the domains above it,
 * but not for others, and gets back those that fit host, path and protocol.
 *
 * Differs from Ktor's storage, which takes cookies for any domain, and as many as come. There is no list of public
 * suffixes: a server of `a.co.uk` could set a cookie for `co.uk`. Of more than [MAX_COOKIES], the oldest are dropped;
 * larger ones than [MAX_SIZE] are not taken.
 *
 * **Threading.** Any thread. **Python.** `aiohttp.CookieJar`.
 */
public class CookieJar : CookiesStorage {
    private class Entry(
        val cookie: Cookie,
        val expiresAt: Long,
        /** Without a Domain, a cookie goes back to the very host that has set it, and not to hosts below. */
        val onlyHost: String?,
    )

    /** In the order in which they were set. Guarded by itself. */
    private val entries = ArrayList<Entry>()

    override suspend fun get(requestUrl: Url): List<Cookie> = cookies(requestUrl)

    override suspend fun addCookie(
        requestUrl: Url,
        cookie: Cookie,
    ) {
        add(requestUrl, cookie)
    }

    /** The cookies that a request to [url] takes along. */
    public fun cookies(url: String): List<Cookie> = cookies(Url(url))

    /**
     * Sets [name] to [value] for the host of [url] and all its paths. What a cookie cannot have, [value] is encoded
     * for.
     *
     * @throws IllegalArgumentException if [name] has spaces, control characters, or one of `=;,"`.
     */
    public fun add(
        url: String,
        name: String,
        value: String,
    ) {
        require(name.isNotEmpty() && name.none { it <= ' ' || it in "=;,\"\u007f" }) {
            "This cannot be the name of a cookie: ${name.filterNot(Char::isISOControl)}"
        }
        add(Url(url), Cookie(name, value, path = "/"))
    }

    /** Forgets all cookies. */
    public fun clear() {
        synchronized(entries) { entries.clear() }
    }

    override fun close() {}

    private fun cookies(url: Url): List<Cookie> {
        val now = getTimeMillis()
        val host = url.host.lowercase()
        val lowered = if (host == url.host) url else URLBuilder(url).also { it.host = host }.build()
        return synchronized(entries) {
            entries.removeIf { it.expiresAt <= now }
            entries.filter { (it.onlyHost ?: host) == host && it.cookie.matches(lowered) }.map { it.cookie }
        }
    }

    private fun add(
        url: Url,
        cookie: Cookie,
    ) {
        val host = url.host.lowercase()
        val domain =
            cookie.domain
                ?.lowercase()
                ?.trimStart('.')
                ?.takeIf { it.isNotEmpty() }
        if (cookie.name.isBlank() || cookie.name.length + cookie.value.length > MAX_SIZE) return
        if (domain != null && domain != host && (hostIsIp(host) || !host.endsWith(".$domain"))) return
        if (cookie.secure && url.protocol.name != "https") return
        val path = cookie.path?.takeIf { it.startsWith("/") } ?: defaultPath(url.encodedPath)
        val kept = cookie.copy(domain = domain ?: host, path = path)
        val now = getTimeMillis()
        val expiresAt = cookie.maxAge?.let { now + it * 1000L } ?: cookie.expires?.timestamp ?: Long.MAX_VALUE
        synchronized(entries) {
            entries.removeIf {
                it.cookie.name == kept.name && it.cookie.domain == kept.domain && it.cookie.path == path
            }
            if (expiresAt > now) entries += Entry(kept, expiresAt, host.takeIf { domain == null })
            if (entries.size > MAX_COOKIES) entries.removeAt(0)
        }
    }

    /** The directory of the path that has set the cookie. */
    private fun defaultPath(requestPath: String): String = requestPath.substringBeforeLast('/', "").ifEmpty { "/" }

    override fun toString(): String = "CookieJar(${synchronized(entries) { entries.size }} cookies)"

    public companion object {
        /** How many cookies are kept. */
        public const val MAX_COOKIES: Int = 3000

        /** How many characters the name and the value of a cookie may have together. */
        public const val MAX_SIZE: Int = 4096
    }
}
