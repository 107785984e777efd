package dev.tandem.streams.internal

import dev.tandem.streams.BaseProtocol
import dev.tandem.streams.Connection
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.Transport
import dev.tandem.streams.TransportPair
import java.net.InetSocketAddress
import java.nio.file.Path
import java.time.Duration
import kotlin.time.toKotlinDuration

// The functions that take a time, for callers in other languages: the name of one that takes a kotlin.time.Duration is
// mangled.

internal suspend fun openConnection(
    host: String,
    port: Int,
    ssl: TlsOptions?,
    limit: Int,
    localAddress: InetSocketAddress?,
    connectTimeout: Duration?,
    happyEyeballsDelay: Duration?,
): Connection =
    dev.tandem.streams.openConnection(
        host,
        port,
        ssl,
        limit,
        localAddress,
        connectTimeout?.toKotlinDuration(),
        happyEyeballsDelay?.toKotlinDuration(),
    )

internal suspend fun openUnixConnection(
    path: Path,
    ssl: TlsOptions?,
    limit: Int,
    connectTimeout: Duration?,
): Connection = dev.tandem.streams.openUnixConnection(path, ssl, limit, connectTimeout?.toKotlinDuration())

internal suspend fun <P : BaseProtocol> createConnection(
    protocolFactory: () -> P,
    host: String,
    port: Int,
    ssl: TlsOptions?,
    localAddress: InetSocketAddress?,
    connectTimeout: Duration?,
    happyEyeballsDelay: Duration?,
): TransportPair<Transport, P> =
    dev.tandem.streams.createConnection(
        protocolFactory,
        host,
        port,
        ssl,
        localAddress,
        connectTimeout?.toKotlinDuration(),
        happyEyeballsDelay?.toKotlinDuration(),
    )

internal suspend fun <P : BaseProtocol> createUnixConnection(
    protocolFactory: () -> P,
    path: Path,
    ssl: TlsOptions?,
    connectTimeout: Duration?,
): TransportPair<Transport, P> =
    dev.tandem.streams.createUnixConnection(protocolFactory, path, ssl, connectTimeout?.toKotlinDuration())
