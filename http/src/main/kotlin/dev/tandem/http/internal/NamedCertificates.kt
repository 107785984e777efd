package dev.tandem.http.internal

import java.security.KeyStore
import java.security.cert.CertificateException
import java.security.cert.X509Certificate
import javax.net.ssl.TrustManager
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/**
 * Closes a hole of Ktor's CIO engine: it takes a certificate without host names for any host. With this, there is
 * always a name to compare with the host's. [trusted] decides on the rest; null means whom the JVM trusts.
 *
 * Hosts that are addresses stay out: the engine compares those with what a reverse lookup says.
 */
internal class NamedCertificates(
    trusted: TrustManager?,
) : X509TrustManager {
    /** Reads a file of the JDK, on a thread of the engine. */
    private val trusted: X509TrustManager by lazy { (trusted ?: systemTrust()) as X509TrustManager }

    override fun checkServerTrusted(
        chain: Array<out X509Certificate>,
        authType: String,
    ) {
        trusted.checkServerTrusted(chain, authType)
        val names = chain.first().subjectAlternativeNames.orEmpty()
        if (names.none { it[0] == DNS_NAME }) {
            throw CertificateException("The certificate is not made out to any host name.")
        }
    }

    override fun checkClientTrusted(
        chain: Array<out X509Certificate>,
        authType: String,
    ) {
        trusted.checkClientTrusted(chain, authType)
    }

    override fun getAcceptedIssuers(): Array<X509Certificate> = trusted.acceptedIssuers

    private fun systemTrust(): TrustManager {
        val trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        trust.init(null as KeyStore?)
        return trust.trustManagers.first { it is X509TrustManager }
    }

    private companion object {
        /** The type of an entry of [X509Certificate.getSubjectAlternativeNames]. */
        const val DNS_NAME = 2
    }
}
