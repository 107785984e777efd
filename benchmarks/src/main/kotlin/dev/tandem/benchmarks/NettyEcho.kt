package dev.tandem.benchmarks

import io.netty.bootstrap.ServerBootstrap
import io.netty.channel.ChannelHandlerContext
import io.netty.channel.ChannelInboundHandlerAdapter
import io.netty.channel.ChannelInitializer
import io.netty.channel.ChannelOption
import io.netty.channel.MultiThreadIoEventLoopGroup
import io.netty.channel.nio.NioIoHandler
import io.netty.channel.socket.SocketChannel
import io.netty.channel.socket.nio.NioServerSocketChannel
import java.net.InetSocketAddress

/** One NIO loop that accepts and echoes, with a callback handler: what our loop is compared with. */
internal fun echoWithNetty(
    port: Int,
    prepare: (SocketChannel) -> Unit = {},
) {
    val loop = MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())
    val server =
        ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel::class.java)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                object : ChannelInitializer<SocketChannel>() {
                    override fun initChannel(channel: SocketChannel) {
                        prepare(channel)
                        channel.pipeline().addLast(EchoHandler())
                    }
                },
            ).bind(LOOPBACK, port)
            .sync()
            .channel()
    sayListening((server.localAddress() as InetSocketAddress).port)
    server.closeFuture().sync()
}

private class EchoHandler : ChannelInboundHandlerAdapter() {
    override fun channelRead(
        context: ChannelHandlerContext,
        message: Any,
    ) {
        context.write(message, context.voidPromise())
    }

    override fun channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    override fun exceptionCaught(
        context: ChannelHandlerContext,
        cause: Throwable,
    ) {
        context.close()
    }
}
