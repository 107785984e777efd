package dev.tandem.http

import java.io.IOException

/**
 * Thrown when a request or its response went wrong. The message names the request, without credentials, and the reason.
 *
 * A time limit that ran out is a [dev.tandem.TimeoutException] instead. **Python.** `aiohttp.ClientError`.
 */
public open class ClientException
    @JvmOverloads
    constructor(
        message: String,
        cause: Throwable? = null,
    ) : IOException(message, cause)

/**
 * Thrown when there is no connection to the server, or when it was lost: refused, unknown host, a certificate that is
 * not trusted, a reset, a proxy that refuses. Also when what came is no answer of HTTP. The cause is what the engine
 * said.
 *
 * **Python.** `aiohttp.ClientConnectionError`.
 */
public class ClientConnectionException
    @JvmOverloads
    constructor(
        message: String,
        cause: Throwable? = null,
    ) : ClientException(message, cause)

/**
 * Thrown when the body of a response is not what it should be: cut off, wrongly encoded or compressed, or larger than
 * the limit.
 *
 * **Python.** `aiohttp.ClientPayloadError`.
 */
public class ClientPayloadException
    @JvmOverloads
    constructor(
        message: String,
        cause: Throwable? = null,
    ) : ClientException(message, cause)

/**
 * Thrown by [ClientResponse.raiseForStatus] for a status of 400 and above.
 *
 * **Python.** `aiohttp.ClientResponseError`.
 */
public class ClientResponseException(
    message: String,
    /** The status of the response. */
    public val status: Int,
    /** The URL that answered, after redirects. */
    public val url: String,
    /** The beginning of the body, as text; empty if it could not be read. */
    public val body: String,
) : ClientException(message)

/** Thrown when a request was redirected more often than it may be. **Python.** `aiohttp.TooManyRedirects`. */
public class TooManyRedirectsException(
    message: String,
    /** The redirects that were followed. */
    public val history: List<Redirect>,
) : ClientException(message)
