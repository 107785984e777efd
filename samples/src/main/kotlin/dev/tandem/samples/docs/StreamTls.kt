package dev.tandem.samples.docs

import dev.tandem.streams.CertificateVerificationException
import dev.tandem.streams.ClientCertificates
import dev.tandem.streams.TlsIdentity
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.openConnection
import dev.tandem.streams.startServer
import java.nio.file.Path

// The Kotlin examples about TLS; a test checks what the comments in them say. The folder holds keys and certificates.

internal suspend fun tlsClientAndServer(files: Path) {
    // region tls
    val identity = TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key"))
    val server =
        startServer("localhost", 0, ssl = TlsOptions.identifiedBy(identity)) { reader, writer ->
            writer.write(reader.readLine())
        }
    val trusting = TlsOptions.trusting(files.resolve("localhost.pem"))
    openConnection("localhost", server.port, ssl = trusting).use { (reader, writer) ->
        writer.write("hello\n".toByteArray())
        println(reader.readLine().decodeToString())
        println(writer.tls?.protocol)
    }
    try {
        openConnection("localhost", server.port, ssl = TlsOptions()) // trusts whom the JVM trusts
    } catch (e: CertificateVerificationException) {
        println(e.reason)
    }
    server.close()
    // hello, TLSv1.3, UNTRUSTED
    // endregion
}

internal suspend fun tlsNames(files: Path) {
    // region names
    val options =
        TlsOptions
            .identifiedBy(
                TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key")),
                TlsIdentity.fromPem(files.resolve("shop.pem"), files.resolve("shop.key")),
            ).withApplicationProtocols("h2", "http/1.1")
    val server =
        startServer("localhost", 0, ssl = options) { reader, writer ->
            val session = writer.tls!!
            writer.write("${session.serverName} by ${session.applicationProtocol}\n".toByteArray())
        }
    val asking =
        TlsOptions
            .trusting(files.resolve("shop.pem"))
            .withServerName("shop.example")
            .withApplicationProtocols("http/1.1")
    openConnection("localhost", server.port, ssl = asking).use { (reader, _) ->
        println(reader.readLine().decodeToString())
    }
    server.close()
    // shop.example by http/1.1
    // endregion
}

internal suspend fun tlsClientCertificates(files: Path) {
    // region client-certificates
    val localhost = TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key"))
    val ada = TlsIdentity.fromPem(files.resolve("ada.pem"), files.resolve("ada.key"))
    val asking =
        TlsOptions
            .identifiedBy(localhost)
            .withTrusted(files.resolve("ada.pem"))
            .withClientCertificates(ClientCertificates.REQUIRED)
    val server =
        startServer("localhost", 0, ssl = asking) { _, writer ->
            val who =
                writer.tls!!
                    .peerCertificates
                    .first()
                    .subjectX500Principal
            writer.write("hello, $who\n".toByteArray())
        }
    val options = TlsOptions.trusting(files.resolve("localhost.pem")).withIdentities(ada)
    openConnection("localhost", server.port, ssl = options).use { (reader, _) ->
        println(reader.readLine().decodeToString())
    }
    server.close()
    // hello, CN=ada
    // endregion
}

internal suspend fun tlsLater(files: Path) {
    // region start-tls
    val identity = TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key"))
    val options = TlsOptions.identifiedBy(identity)
    val server =
        startServer("localhost", 0) { reader, writer ->
            if (reader.readLine().decodeToString() == "STARTTLS\n") {
                writer.write("220 go ahead\n".toByteArray())
                writer.startTls(options)
            }
            writer.write(reader.readLine())
        }
    openConnection("localhost", server.port).use { connection ->
        val (reader, writer) = connection
        writer.write("STARTTLS\n".toByteArray())
        println(reader.readLine().decodeToString())
        connection.startTls(TlsOptions.trusting(files.resolve("localhost.pem")))
        writer.write("a secret\n".toByteArray())
        println(reader.readLine().decodeToString())
    }
    server.close()
    // 220 go ahead, a secret
    // endregion
}
