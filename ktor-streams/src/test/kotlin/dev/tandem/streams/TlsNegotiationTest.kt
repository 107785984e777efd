package dev.tandem.streams

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.util.Locale
import java.util.concurrent.ConcurrentHashMap
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException

/** What a handshake can agree upon: protocols, names, certificates of both sides, sessions. */
class TlsNegotiationTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun sessionTellsWhatWasAgreedUpon(protocol: String) =
        streamTest {
            onServer(identity.serverOptions.withProtocols(protocol)) { port, sessions ->
                val session = sessionWith(port, authority.trustOptions)
                session.protocol shouldBe protocol
                session.cipherSuite shouldContain "_AES_"
                session.applicationProtocol shouldBe null
                session.serverName shouldBe null
                session.peerCertificates shouldBe listOf(identity.certificate)
                sessions.single().protocol shouldBe protocol
                sessions.single().peerCertificates.shouldBeEmpty()
            }
        }

    @Test
    fun thereIsNoSessionWithoutTls() =
        streamTest {
            rawPair { connection, _ -> connection.writer.tls shouldBe null }
        }

    @Test
    fun theServersFavouriteApplicationProtocolIsChosen() =
        streamTest {
            onServer(identity.serverOptions.withApplicationProtocols("h2", "http/1.1")) { port, sessions ->
                val options = authority.trustOptions.withApplicationProtocols("http/1.1", "h2")
                sessionWith(port, options).applicationProtocol shouldBe "h2"
                sessions.single().applicationProtocol shouldBe "h2"
                sessionWith(port, authority.trustOptions).applicationProtocol shouldBe null
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun applicationProtocolsWithoutOverlapEndTheHandshake(protocol: String) =
        streamTest {
            val server = identity.serverOptions.withProtocols(protocol).withApplicationProtocols("h2")
            onServer(server) { port, _ ->
                val options = authority.trustOptions.withApplicationProtocols("http/1.1")
                shouldThrow<SSLHandshakeException> { openConnection(LOOPBACK, port, options) }.message shouldEndWith
                    "failed: it sent the alert no_application_protocol"
            }
        }

    @Test
    fun anApplicationProtocolHasAName() {
        shouldThrow<IllegalArgumentException> { TlsOptions().withApplicationProtocols("") }
    }

    @Test
    fun onlyProtocolsThatAreSafeAreOffered() {
        shouldThrow<IllegalArgumentException> { TlsOptions().withProtocols("TLSv1.1") }.message shouldBe
            "Only TLSv1.3 and TLSv1.2 are supported, not TLSv1.1."
    }

    @Test
    fun cipherSuitesCanBeChosen() =
        streamTest {
            onServer(identity.serverOptions) { port, _ ->
                val options = authority.trustOptions.withCipherSuites("TLS_AES_256_GCM_SHA384")
                sessionWith(port, options).cipherSuite shouldBe "TLS_AES_256_GCM_SHA384"
                shouldThrow<IllegalArgumentException> {
                    openConnection(LOOPBACK, port, authority.trustOptions.withCipherSuites("ROT13"))
                }.message shouldContain "no cipher suite ROT13"
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun theServerShowsTheCertificateForTheNameItIsAskedFor(protocol: String) =
        streamTest {
            val one = authority.issue("one.example")
            val wild = authority.issue("*.two.example", algorithm = "RSA")
            val options = TlsOptions.identifiedBy(one.tlsIdentity, wild.tlsIdentity).withProtocols(protocol)
            onServer(options) { port, sessions ->
                shown(port, "one.example") shouldBe one.certificate
                shown(port, "www.two.example") shouldBe wild.certificate
                shown(port, "ONE.example") shouldBe one.certificate
                sessions.map { it.serverName?.lowercase(Locale.ROOT) } shouldBe
                    listOf("one.example", "www.two.example", "one.example")
            }
        }

    @Test
    fun theFirstCertificateIsForUnknownNames() =
        streamTest {
            val one = authority.issue("one.example")
            val two = authority.issue("two.example")
            onServer(TlsOptions.identifiedBy(one.tlsIdentity, two.tlsIdentity)) { port, _ ->
                shown(port, "three.example") shouldBe one.certificate
                shown(port, LOOPBACK) shouldBe one.certificate
            }
        }

    @Test
    fun unknownNamesCanBeRefused() =
        streamTest {
            val options = authority.issue("one.example").serverOptions.withUnknownNamesRefused()
            onServer(options) { port, _ ->
                shown(port, "one.example")
                shouldThrow<SSLHandshakeException> { shown(port, "two.example") }.message shouldEndWith
                    "failed: it sent the alert unrecognized_name"
            }
        }

    @Test
    fun aFunctionCanChooseTheCertificate() =
        streamTest {
            val made = ConcurrentHashMap<String, Identity>()
            val options =
                TlsOptions().withIdentityChosenBy { name ->
                    if (name == null || name.startsWith("no.")) {
                        null
                    } else {
                        made.computeIfAbsent(name) { authority.issue(it) }.tlsIdentity
                    }
                }
            onServer(options) { port, _ ->
                shown(port, "a.example") shouldBe made.getValue("a.example").certificate
                shown(port, "b.example") shouldBe made.getValue("b.example").certificate
                shouldThrow<SSLHandshakeException> { shown(port, "no.example") }.message shouldContain
                    "unrecognized_name"
                shouldThrow<SSLHandshakeException> { shown(port, LOOPBACK) }.message shouldContain "handshake_failure"
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun aClientShowsItsCertificate(protocol: String) =
        streamTest {
            val ada = authority.issue("ada.example")
            onServer(asking(ClientCertificates.REQUIRED).withProtocols(protocol)) { port, sessions ->
                sessionWith(port, ada.serverOptions.withTrusted(authority.certificate))
                sessions.single().peerCertificates shouldBe listOf(ada.certificate)
            }
        }

    @Test
    fun aWantedClientCertificateNeedNotBeThere() =
        streamTest {
            onServer(asking(ClientCertificates.WANTED)) { port, sessions ->
                sessionWith(port, authority.trustOptions)
                sessions.single().peerCertificates.shouldBeEmpty()
            }
        }

    @Test
    fun aRequiredClientCertificateThatIsMissingEndsTheHandshake() =
        streamTest {
            onServer(asking(ClientCertificates.REQUIRED).withProtocols("TLSv1.2")) { port, _ ->
                shouldThrow<SSLException> { openConnection(LOOPBACK, port, authority.trustOptions) }
                    .message shouldContain "it sent the alert "
            }
        }

    @Test
    fun inTls13TheFirstReadTellsThatTheClientCertificateIsMissing() =
        streamTest {
            onServer(asking(ClientCertificates.REQUIRED).withProtocols("TLSv1.3")) { port, _ ->
                openConnection(LOOPBACK, port, authority.trustOptions).use { (reader, _) ->
                    shouldThrow<SSLException> { reader.read(1) }.message shouldContain "certificate"
                }
            }
        }

    @Test
    fun aClientCertificateFromAnotherAuthorityIsNotShown() =
        streamTest {
            val stranger = Identity.authority("CN=Somebody else").issue("ada.example")
            onServer(asking(ClientCertificates.WANTED)) { port, sessions ->
                sessionWith(port, stranger.serverOptions.withTrusted(authority.certificate))
                sessions.single().peerCertificates.shouldBeEmpty()
            }
        }

    @Test
    fun aServerMustSayWhoseClientCertificatesItTrusts() =
        streamTest {
            val options = identity.serverOptions.withClientCertificates(ClientCertificates.REQUIRED)
            shouldThrow<IllegalArgumentException> {
                startServer(
                    LOOPBACK,
                    0,
                    options,
                ) { _, _ -> }
            }.message shouldContain
                "withClientCertificates(REQUIRED) without withTrusted(...)"
        }

    @Test
    fun aServerNeedsAnIdentity() =
        streamTest {
            shouldThrow<IllegalArgumentException> {
                startServer(
                    LOOPBACK,
                    0,
                    TlsOptions(),
                ) { _, _ -> }
            }.message shouldContain
                "A server needs a key and a certificate"
        }

    @Test
    fun aGivenContextIsNotMixed() {
        shouldThrow<IllegalStateException> { TlsOptions(SSLContext.getDefault()).withTrusted(identity.certificate) }
            .message shouldContain "leaves whom to trust to the SSLContext"
    }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun theSecondConnectionResumesTheSession(protocol: String) =
        streamTest {
            onServer(identity.serverOptions.withProtocols(protocol)) { port, sessions ->
                val options = authority.trustOptions
                sessionWith(port, options).isResumed shouldBe false
                val again = sessionWith(port, options)
                again.isResumed shouldBe true
                again.peerCertificates shouldBe listOf(identity.certificate)
                sessions.map { it.isResumed } shouldBe listOf(false, true)
                sessionWith(port, authority.trustOptions).isResumed shouldBe false
            }
        }

    @Test
    fun aSessionWithoutVerificationIsNotResumedWithIt() =
        streamTest {
            onServer(authority.issue("other.example").serverOptions) { port, _ ->
                val options = authority.trustOptions
                sessionWith(port, options.withoutHostNameVerification())
                shouldThrow<CertificateVerificationException> { openConnection(LOOPBACK, port, options) }
            }
        }

    private fun asking(wanted: ClientCertificates): TlsOptions =
        identity.serverOptions.withTrusted(authority.certificate).withClientCertificates(wanted)

    /** Runs [body] with the port of an echo server and the list of its sessions, in the order of its handlers. */
    private suspend fun onServer(
        options: TlsOptions,
        body: suspend (Int, List<TlsSession>) -> Unit,
    ) {
        val sessions = ArrayList<TlsSession>()
        val server =
            startServer(LOOPBACK, 0, options) { reader, writer ->
                sessions += writer.tls!!
                writer.write(reader.read(64 * 1024))
            }
        server.use { body(it.port, sessions) }
        server.waitClosed()
    }

    /** Connects, has something echoed, and returns the client's session. */
    private suspend fun sessionWith(
        port: Int,
        options: TlsOptions,
    ): TlsSession =
        openConnection(LOOPBACK, port, options).use { (reader, writer) ->
            writer.write("x".toByteArray())
            reader.readExactly(1)
            reader.read()
            writer.tls!!
        }

    private suspend fun shown(
        port: Int,
        name: String,
    ) = sessionWith(port, authority.trustOptions.withServerName(name).withoutHostNameVerification())
        .peerCertificates
        .first()
}
