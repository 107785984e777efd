"""A protocol is told what arrives at a socket that something else has connected."""

import asyncio
import socket


class Receiver(asyncio.Protocol):
    def __init__(self, lost):
        self.lost = lost

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        print(f"received: {data.decode()}")
        self.transport.close()

    def connection_lost(self, exc):
        print("closed")
        self.lost.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    receiving, sending = socket.socketpair()
    lost = loop.create_future()
    await loop.create_connection(lambda: Receiver(lost), sock=receiving)
    loop.call_soon(sending.send, b"abc")
    await lost
    sending.close()


asyncio.run(main())
