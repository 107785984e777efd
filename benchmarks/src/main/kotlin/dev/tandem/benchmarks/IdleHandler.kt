package dev.tandem.benchmarks

import dev.tandem.streams.Server
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.startServer

/** [IdleConnections]'s server with suspending handlers. */
internal suspend fun startIdleServer(
    backlog: Int,
    ssl: TlsOptions?,
    onServed: Runnable,
    onEnded: Runnable,
): Server =
    startServer(LOOPBACK, 0, ssl = ssl, backlog = backlog) { reader, writer ->
        writer.write(reader.readLine())
        onServed.run()
        reader.readLine()
        onEnded.run()
    }
