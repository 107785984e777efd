package dev.tandem.benchmarks

import dev.tandem.streams.TlsOptions
import io.netty.handler.ssl.SslHandler

/** Our streams with TLS over the JDK's engine. */
internal fun echoWithKotlinAndTls(port: Int) {
    val options =
        TlsOptions(TlsWire.context()).withProtocols(TlsWire.PROTOCOL).withCipherSuites(TlsWire.CIPHER_SUITE)
    echoWithKotlin(port, options)
}

/** Netty's handler with the same engine. */
internal fun echoWithNettyAndTls(port: Int) {
    val context = TlsWire.context()
    echoWithNetty(port) { channel ->
        val engine = context.createSSLEngine()
        engine.useClientMode = false
        engine.enabledProtocols = arrayOf(TlsWire.PROTOCOL)
        engine.enabledCipherSuites = arrayOf(TlsWire.CIPHER_SUITE)
        channel.pipeline().addLast(SslHandler(engine))
    }
}
