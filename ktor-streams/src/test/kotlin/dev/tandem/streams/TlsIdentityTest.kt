package dev.tandem.streams

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo
import org.bouncycastle.asn1.pkcs.RSAPrivateKey
import org.bouncycastle.asn1.sec.ECPrivateKey
import org.bouncycastle.jce.provider.BouncyCastleProvider
import org.bouncycastle.openssl.PKCS8Generator
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path
import java.security.KeyStore
import kotlin.io.path.appendText
import kotlin.io.path.readText
import kotlin.io.path.writeText

class TlsIdentityTest {
    @TempDir
    lateinit var files: Path

    private val authority = Identity.authority()

    @ParameterizedTest
    @ValueSource(strings = ["EC", "RSA", "Ed25519"])
    fun comesFromPemFiles(algorithm: String) =
        streamTest {
            val chain = authority.issue(algorithm = algorithm).writeTo(files, "server")
            val ca = authority.writeTo(files, "ca")
            val identity = TlsIdentity.fromPem(chain, files.resolve("server.key"))
            echoServer(TlsOptions.identifiedBy(identity)).use { server ->
                openConnection(LOOPBACK, server.port, TlsOptions.trusting(ca)).use { (reader, writer) ->
                    writer.write("hello\n".toByteArray())
                    reader.readLine().text() shouldBe "hello\n"
                }
            }
            passUntil { watchedKeys().isEmpty() }
        }

    @Test
    fun keyAndCertificateCanShareAFile() {
        val identity = authority.issue()
        val file = identity.writeTo(files, "both")
        file.appendText("# a comment\n" + files.resolve("both.key").readText())
        val read = TlsIdentity.fromPem(file)
        read.key shouldBe identity.keys.private
        read.chain shouldBe listOf(identity.certificate)
    }

    @Test
    fun issuersFollowTheCertificate() {
        val identity = authority.issue()
        val file = identity.writeTo(files, "chain")
        file.appendText(Identity.pem("CERTIFICATE", authority.certificate.encoded))
        TlsIdentity.fromPem(file, files.resolve("chain.key")).chain shouldBe
            listOf(identity.certificate, authority.certificate)
    }

    @Test
    fun pkcs1KeysAreRead() {
        val identity = authority.issue(algorithm = "RSA")
        val chain = identity.writeTo(files, "rsa")
        val inner = PrivateKeyInfo.getInstance(identity.keys.private.encoded).parsePrivateKey()
        files.resolve("rsa.key").writeText(
            Identity.pem("RSA PRIVATE KEY", RSAPrivateKey.getInstance(inner).encoded),
        )
        TlsIdentity.fromPem(chain, files.resolve("rsa.key")).key shouldBe identity.keys.private
    }

    @Test
    fun sec1KeysAreRead() {
        val identity = authority.issue()
        val chain = identity.writeTo(files, "ec")
        val info = PrivateKeyInfo.getInstance(identity.keys.private.encoded)
        val scalar = ECPrivateKey.getInstance(info.parsePrivateKey()).key
        val sec1 = ECPrivateKey(256, scalar, info.privateKeyAlgorithm.parameters)
        files.resolve("ec.key").writeText(Identity.pem("EC PRIVATE KEY", sec1.encoded))
        TlsIdentity
            .fromPem(
                chain,
                files.resolve("ec.key"),
            ).key
            .let { (it as java.security.interfaces.ECPrivateKey).s } shouldBe
            scalar
    }

    @Test
    fun encryptedKeysAreOpenedByTheirPassword() {
        val identity = authority.issue()
        val chain = identity.writeTo(files, "secret")
        val key = files.resolve("secret.key").also { it.writeText(encrypted(identity, "open sesame")) }
        TlsIdentity.fromPem(chain, key, "open sesame".toCharArray()).key shouldBe identity.keys.private
    }

    @Test
    fun aMissingOrWrongPasswordIsTold() {
        val identity = authority.issue()
        val chain = identity.writeTo(files, "secret")
        val key = files.resolve("secret.key").also { it.writeText(encrypted(identity, "open sesame")) }
        failureOf(TlsIdentity.fromPem(chain, key)) shouldBe
            "Cannot use $key: its key is encrypted: a password is needed"
        failureOf(TlsIdentity.fromPem(chain, key, "sesame".toCharArray())) shouldBe
            "Cannot use $key: the password does not open its key"
    }

    @Test
    fun wrongFilesAreNamed() {
        val chain = authority.issue().writeTo(files, "server")
        val key = files.resolve("server.key")
        val missing = files.resolve("missing.pem")
        val text = files.resolve("notes.txt").also { it.writeText("nothing to see") }
        failureOf(TlsIdentity.fromPem(missing)) shouldBe "Cannot use $missing: there is no such file"
        failureOf(TlsIdentity.fromPem(text)) shouldBe "Cannot use $text: it holds no CERTIFICATE: it is not a PEM file"
        failureOf(TlsIdentity.fromPem(key, key)) shouldBe "Cannot use $key: it holds no CERTIFICATE, only PRIVATE KEY"
        failureOf(TlsIdentity.fromPem(chain)) shouldBe "Cannot use $chain: it holds no private key, only CERTIFICATE"
        failureOf(TlsIdentity.fromPem(files)) shouldContain "Cannot use $files: "
    }

    @Test
    fun damagedFilesAreNamed() {
        val chain = authority.issue().writeTo(files, "server")
        val key = files.resolve("server.key").also { it.writeText(Identity.pem("PRIVATE KEY", ByteArray(20))) }
        failureOf(TlsIdentity.fromPem(chain, key)) shouldContain "Cannot use $key: its PRIVATE KEY cannot be read"
        chain.writeText(Identity.pem("CERTIFICATE", ByteArray(20)))
        failureOf(TlsIdentity.fromPem(chain)) shouldContain "Cannot use $chain: certificate 1 of 1 cannot be read"
    }

    @Test
    fun oldEncryptionComesWithTheCommandThatConverts() {
        val chain = authority.issue().writeTo(files, "old")
        val key = files.resolve("old.key")
        key.writeText(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n" +
                "AAAA\n-----END RSA PRIVATE KEY-----\n",
        )
        failureOf(TlsIdentity.fromPem(chain, key)) shouldBe
            "Cannot use $key: its key is encrypted in OpenSSL's old way. " +
            "Convert it: openssl pkcs8 -topk8 -in OLD -out NEW"
    }

    @Test
    fun aKeyThatIsNotTheCertificatesIsFound() {
        val chain = authority.issue("one.example").writeTo(files, "one")
        authority.issue("two.example").writeTo(files, "two")
        val key = files.resolve("two.key")
        failureOf(TlsIdentity.fromPem(chain, key)) shouldBe
            "Cannot use $key: its key is not that of the first certificate in $chain, CN=one.example"
    }

    @Test
    fun wrongFilesFailTheStartOfTheServer() =
        streamTest {
            val missing = files.resolve("missing.pem")
            val options = TlsOptions.identifiedBy(TlsIdentity.fromPem(missing))
            shouldThrow<PemException> { startServer(LOOPBACK, 0, options) { _, _ -> } }
            shouldThrow<PemException> { openConnection(LOOPBACK, 1, TlsOptions.trusting(missing)) }
        }

    @Test
    fun aKeyStoreWithSeveralKeysNeedsAnAlias() {
        val store = KeyStore.getInstance("PKCS12").apply { load(null, null) }
        val password = "secret".toCharArray()
        for (name in listOf("one", "two")) {
            val identity = authority.issue("$name.example")
            store.setKeyEntry(name, identity.keys.private, password, arrayOf(identity.certificate))
        }
        TlsIdentity.fromKeyStore(store, password, "two").toString() shouldBe "TlsIdentity(CN=two.example)"
        shouldThrow<IllegalArgumentException> { TlsIdentity.fromKeyStore(store, password) }.message shouldContain
            "say which"
        shouldThrow<IllegalArgumentException> { TlsIdentity.fromKeyStore(store, password, "three") }
    }

    @Test
    fun noSecretIsInTheText() {
        val identity = authority.issue()
        val chain = identity.writeTo(files, "server")
        val options =
            TlsOptions
                .identifiedBy(TlsIdentity.fromPem(chain, files.resolve("server.key"), "sesame".toCharArray()))
                .withTrusted(authority.certificate)
                .withApplicationProtocols("h2", "http/1.1")
        options.toString() shouldBe
            "TlsOptions(TLSv1.3, TLSv1.2, trusting CN=Test authority, identified by TlsIdentity($chain), ALPN h2/http/1.1)"
        options.toString() shouldNotContain "sesame"
    }

    private fun failureOf(identity: TlsIdentity): String? = shouldThrow<PemException> { identity.key }.message

    private fun encrypted(
        identity: Identity,
        password: String,
    ): String {
        val encryptor =
            JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                .setProvider(BouncyCastleProvider())
                .setPRF(PKCS8Generator.PRF_HMACSHA256)
                .setPassword(password.toCharArray())
                .build()
        val encrypted = JcaPKCS8Generator(identity.keys.private, encryptor).generate()
        return Identity.pem("ENCRYPTED PRIVATE KEY", encrypted.content)
    }
}
