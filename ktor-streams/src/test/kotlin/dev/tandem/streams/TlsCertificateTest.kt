package dev.tandem.streams

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test

/** Whose certificates a client takes. */
class TlsCertificateTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

    @Test
    fun anExpiredCertificateIsRefused() =
        refused(authority.issue(until = Identity.YESTERDAY.plusSeconds(60))) { failure, peer ->
            failure.reason shouldBe CertificateVerificationException.Reason.EXPIRED
            failure.message shouldStartWith "The certificate of $peer has expired (NotAfter: "
        }

    @Test
    fun anExpiredCertificateIsRefusedAlthoughItIsTrustedByItself() {
        val expired = Identity.selfSigned(until = Identity.YESTERDAY.plusSeconds(60))
        refused(expired, expired.trustOptions) { failure, _ ->
            failure.reason shouldBe CertificateVerificationException.Reason.EXPIRED
        }
    }

    @Test
    fun aCertificateOfTomorrowIsRefused() =
        refused(authority.issue(from = Identity.TOMORROW, until = Identity.TOMORROW.plusSeconds(60))) { failure, _ ->
            failure.reason shouldBe CertificateVerificationException.Reason.NOT_YET_VALID
        }

    @Test
    fun aCertificateForAnotherHostIsRefused() =
        refused(authority.issue("other.example")) { failure, peer ->
            failure.reason shouldBe CertificateVerificationException.Reason.WRONG_HOST
            failure.message shouldStartWith "The certificate of $peer is not made out to 127.0.0.1 ("
        }

    @Test
    fun aCertificateFromAnUnknownAuthorityIsRefused() =
        refused(Identity.authority("CN=Somebody else").issue()) { failure, peer ->
            failure.reason shouldBe CertificateVerificationException.Reason.UNTRUSTED
            failure.message shouldStartWith
                "The certificate of $peer is not trusted: no trusted authority has issued it"
        }

    @Test
    fun aSelfSignedCertificateIsRefusedByDefault() =
        refused(Identity.selfSigned(), TlsOptions()) { failure, _ ->
            failure.reason shouldBe CertificateVerificationException.Reason.UNTRUSTED
        }

    @Test
    fun aSelfSignedCertificateCanBeTrusted() =
        streamTest {
            val own = Identity.selfSigned()
            echoServer(own.serverOptions).use { openConnection(LOOPBACK, it.port, own.trustOptions).close() }
            passUntil { watchedKeys().isEmpty() }
        }

    @Test
    fun theServerNameReplacesTheHost() =
        streamTest {
            echoServer(authority.issue("service.example").serverOptions).use { server ->
                val options = authority.trustOptions.withServerName("service.example")
                openConnection(LOOPBACK, server.port, options).close()
                val unverified = authority.trustOptions.withoutHostNameVerification()
                openConnection(LOOPBACK, server.port, unverified).close()
            }
            passUntil { watchedKeys().isEmpty() }
        }

    /** Checks that a client with [options] refuses a server that is [server], and leaves nothing behind. */
    private fun refused(
        server: Identity,
        options: TlsOptions = authority.trustOptions,
        check: (CertificateVerificationException, String) -> Unit,
    ) = streamTest {
        echoServer(server.serverOptions).use { running ->
            val failure =
                shouldThrow<CertificateVerificationException> { openConnection(LOOPBACK, running.port, options) }
            check(failure, "127.0.0.1:${running.port}")
            running.close()
            running.waitClosed()
        }
    }
}
