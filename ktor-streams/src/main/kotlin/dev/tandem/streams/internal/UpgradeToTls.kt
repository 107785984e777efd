package dev.tandem.streams.internal

import dev.tandem.CancelledException
import dev.tandem.streams.StreamReader
import dev.tandem.streams.TlsOptions
import javax.net.ssl.SSLHandshakeException

/**
 * Shakes hands over [transport], which has carried plain text so far, and returns what carries TLS from now on. Closes
 * the connection if that fails.
 */
internal suspend fun upgradeToTls(
    transport: StreamTransport,
    reader: StreamReader,
    options: TlsOptions,
    serverName: String?,
    serverSide: Boolean,
): StreamTransport {
    check(transport !is TlsTransport) { "startTls(): the connection to ${transport.peer} is a TLS one already." }
    check(!transport.isClosing) { "startTls(): the connection to ${transport.peer} is closed." }
    val wire = transport as SocketTransport
    val verifiedName = serverName ?: options.serverName ?: hostOf(wire.peer)
    require(serverSide || verifiedName != null || !options.verifiesHostName) {
        "startTls(): the connection to ${wire.peer} needs a serverName to verify."
    }
    try {
        options.prepare(wire.loop, serverSide)
    } catch (e: CancelledException) {
        // Whoever has asked for TLS must not be left with a connection that goes on without.
        wire.abort()
        throw e
    }
    val early = reader.takeUnread()
    if (!looksLikeTls(early)) {
        wire.abort()
        throw SSLHandshakeException(
            "startTls(): ${early.size} bytes of plain text from ${wire.peer} were not read. Read to the end of its " +
                "answer first; what it sends beyond that, before TLS, somebody else may have slipped in.",
        )
    }
    val named = if (serverName == null) options else options.withServerName(serverName)
    return reader.reserved {
        if (serverSide) {
            shakeHandsWithClient(wire, options, early)
        } else {
            shakeHandsWithServer(wire, named, verifiedName.orEmpty(), early)
        }
    }
}

/**
 * Whether [early] is nothing or the beginning of a handshake, which a peer may send along with what comes before, as
 * proxies do. It goes to the engine as what it is, unlike text.
 */
private fun looksLikeTls(early: ByteArray): Boolean =
    early.isEmpty() || (early[0] == HANDSHAKE_RECORD && (early.size == 1 || early[1] == MAJOR_VERSION))

/** The host in what [peerName] returns, or null for a socket that has none. */
private fun hostOf(peer: String): String? =
    if ('/' in peer || ':' !in peer) null else peer.substringBeforeLast(':').removeSurrounding("[", "]")

private const val HANDSHAKE_RECORD: Byte = 22
private const val MAJOR_VERSION: Byte = 3
