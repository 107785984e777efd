package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;

import dev.tandem.streams.CertificateVerificationException;
import dev.tandem.streams.ClientCertificates;
import dev.tandem.streams.TlsIdentity;
import dev.tandem.streams.TlsOptions;
import java.nio.file.Path;

/** The Java examples about TLS; a test checks what the comments in them say. */
final class StreamTls {
  private final Path files;

  /** Reads keys and certificates from {@code files}. */
  StreamTls(Path files) {
    this.files = files;
  }

  void clientAndServer() {
    // region tls
    var identity =
        TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key"));
    var server =
        await(startServer("localhost", 0, TlsOptions.identifiedBy(identity), (reader, writer) -> {
          writer.write(await(reader.readLine()));
        }));
    var trusting = TlsOptions.trusting(files.resolve("localhost.pem"));
    try (var connection = await(openConnection("localhost", server.port(), trusting))) {
      connection.writer().write("hello\n".getBytes());
      System.out.println(new String(await(connection.reader().readLine())));
      System.out.println(connection.writer().tls().getProtocol());
    }
    try {
      var options = new TlsOptions(); // trusts whom the JVM trusts
      await(
          openConnection("localhost", server.port(), options),
          CertificateVerificationException.class);
    } catch (CertificateVerificationException e) {
      System.out.println(e.getReason());
    }
    server.close();
    // hello, TLSv1.3, UNTRUSTED
    // endregion
  }

  void names() {
    // region names
    var options = TlsOptions.identifiedBy(
            TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key")),
            TlsIdentity.fromPem(files.resolve("shop.pem"), files.resolve("shop.key")))
        .withApplicationProtocols("h2", "http/1.1");
    var server = await(startServer("localhost", 0, options, (reader, writer) -> {
      var session = writer.tls();
      var answer = session.getServerName() + " by " + session.getApplicationProtocol() + "\n";
      writer.write(answer.getBytes());
    }));
    var asking = TlsOptions.trusting(files.resolve("shop.pem"))
        .withServerName("shop.example")
        .withApplicationProtocols("http/1.1");
    try (var connection = await(openConnection("localhost", server.port(), asking))) {
      System.out.println(new String(await(connection.reader().readLine())));
    }
    server.close();
    // shop.example by http/1.1
    // endregion
  }

  void clientCertificates() {
    // region client-certificates
    var localhost =
        TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key"));
    var ada = TlsIdentity.fromPem(files.resolve("ada.pem"), files.resolve("ada.key"));
    var asking = TlsOptions.identifiedBy(localhost)
        .withTrusted(files.resolve("ada.pem"))
        .withClientCertificates(ClientCertificates.REQUIRED);
    var server = await(startServer("localhost", 0, asking, (reader, writer) -> {
      var who = writer.tls().getPeerCertificates().get(0).getSubjectX500Principal();
      writer.write(("hello, " + who + "\n").getBytes());
    }));
    var options = TlsOptions.trusting(files.resolve("localhost.pem")).withIdentities(ada);
    try (var connection = await(openConnection("localhost", server.port(), options))) {
      System.out.println(new String(await(connection.reader().readLine())));
    }
    server.close();
    // hello, CN=ada
    // endregion
  }

  void startTls() {
    // region start-tls
    var identity =
        TlsIdentity.fromPem(files.resolve("localhost.pem"), files.resolve("localhost.key"));
    var options = TlsOptions.identifiedBy(identity);
    var server = await(startServer("localhost", 0, (reader, writer) -> {
      if (new String(await(reader.readLine())).equals("STARTTLS\n")) {
        writer.write("220 go ahead\n".getBytes());
        await(writer.startTls(options));
      }
      writer.write(await(reader.readLine()));
    }));
    try (var connection = await(openConnection("localhost", server.port()))) {
      connection.writer().write("STARTTLS\n".getBytes());
      System.out.println(new String(await(connection.reader().readLine())));
      await(connection.startTls(TlsOptions.trusting(files.resolve("localhost.pem"))));
      connection.writer().write("a secret\n".getBytes());
      System.out.println(new String(await(connection.reader().readLine())));
    }
    server.close();
    // 220 go ahead, a secret
    // endregion
  }
}
