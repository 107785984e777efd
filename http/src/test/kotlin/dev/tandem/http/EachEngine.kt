package dev.tandem.http

import io.ktor.client.engine.HttpClientEngineFactory
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.java.Java

/** The default engine, and the JDK's client. */
internal enum class Engine(
    val factory: HttpClientEngineFactory<*>,
) {
    CIO_ENGINE(CIO),
    JDK_ENGINE(Java),
}
