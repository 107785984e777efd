package dev.tandem.streams

import java.security.cert.X509Certificate

/**
 * What the two sides of a TLS connection agreed upon, as of the end of the handshake; from [StreamWriter.tls].
 *
 * **Threading.** Any thread. **Python.** `get_extra_info("ssl_object")`, `"peercert"` and `"cipher"`.
 */
public class TlsSession internal constructor(
    /** `TLSv1.3` or `TLSv1.2`. */
    public val protocol: String,
    /** The cipher suite, under the JDK's name. */
    public val cipherSuite: String,
    /** The protocol chosen by ALPN, or null if there was none. */
    public val applicationProtocol: String?,
    /** The peer's certificate, then those of its issuers; empty if it showed none, as most clients. */
    public val peerCertificates: List<X509Certificate>,
    /** The host name that the client asked for (SNI), or null if it asked for none. */
    public val serverName: String?,
    /**
     * Whether an earlier session was resumed, which saves the exchange of certificates. The JDK does not tell; it is
     * inferred from the session being older than the connection.
     */
    public val isResumed: Boolean,
) {
    override fun toString(): String =
        "TlsSession($protocol, $cipherSuite" +
            applicationProtocol?.let { ", ALPN $it" }.orEmpty() +
            serverName?.let { ", for $it" }.orEmpty() +
            (if (isResumed) ", resumed)" else ")")
}
