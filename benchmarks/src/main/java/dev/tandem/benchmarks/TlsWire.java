package dev.tandem.benchmarks;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.TrustManagerFactory;

/**
 * The load generator's end of a TLS connection, over the JDK's engine; and what all TLS servers that are compared have
 * in common: the key store that {@code benchmarks/echo} makes, the protocol and the cipher suite.
 */
final class TlsWire {
  static final String PROTOCOL = "TLSv1.3";
  static final String CIPHER_SUITE = "TLS_AES_128_GCM_SHA256";
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final ByteBuffer received;
  private final ByteBuffer opened;
  private final ByteBuffer unsent;

  /** Shakes hands over {@code channel}, which blocks so far. */
  TlsWire(SocketChannel channel, SSLContext context) throws IOException {
    this.channel = channel;
    engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {PROTOCOL});
    engine.setEnabledCipherSuites(new String[] {CIPHER_SUITE});
    received = ByteBuffer.allocate(64 * 1024).flip();
    opened = ByteBuffer.allocate(32 * 1024).flip();
    unsent = ByteBuffer.allocate(32 * 1024).flip();
    shakeHands();
  }

  /** Returns a context for the key in the store that the system property names; it trusts itself. */
  static SSLContext context() {
    String file = System.getProperty("tandem.benchmark.keystore");
    if (file == null)
      throw new IllegalStateException("benchmarks/echo makes the key: start it there");
    char[] password = "benchmark".toCharArray();
    try (InputStream in = new FileInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("Cannot use the key store " + file, e);
    }
  }

  /** Sends what the system takes of {@code source}, and returns whether that was all. */
  boolean write(ByteBuffer source) throws IOException {
    while (true) {
      if (unsent.hasRemaining()) channel.write(unsent);
      if (unsent.hasRemaining()) return false;
      if (!source.hasRemaining()) return true;
      unsent.clear();
      engine.wrap(source, unsent);
      unsent.flip();
    }
  }

  /** Puts what is there into {@code target}, as far as it fits; -1 at the end. */
  int read(ByteBuffer target) throws IOException {
    int start = target.position();
    while (target.hasRemaining()) {
      if (opened.hasRemaining()) {
        int count = Math.min(opened.remaining(), target.remaining());
        target.put(target.position(), opened, opened.position(), count);
        target.position(target.position() + count);
        opened.position(opened.position() + count);
      } else if (unwrap() == Status.BUFFER_UNDERFLOW) {
        int count = receive();
        if (count < 0) return -1;
        if (count == 0) break;
      }
    }
    return target.position() - start;
  }

  private Status unwrap() throws IOException {
    opened.clear();
    try {
      return engine.unwrap(received, opened).getStatus();
    } finally {
      opened.flip();
    }
  }

  private int receive() throws IOException {
    received.compact();
    try {
      return channel.read(received);
    } finally {
      received.flip();
    }
  }

  private void shakeHands() throws IOException {
    engine.beginHandshake();
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      switch (status) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> {
          unsent.clear();
          engine.wrap(NOTHING, unsent);
          unsent.flip();
          channel.write(unsent);
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (unwrap() == Status.BUFFER_UNDERFLOW && receive() < 0) {
            throw new EOFException("the server ended the handshake");
          }
        }
        default -> {
          return;
        }
      }
    }
  }
}
