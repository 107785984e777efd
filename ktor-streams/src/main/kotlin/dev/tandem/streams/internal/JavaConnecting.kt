package dev.tandem.streams.internal

import dev.tandem.streams.Connection
import dev.tandem.streams.TlsOptions
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
