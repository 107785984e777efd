"""The echo over UDP: protocols that get datagrams, each with the address it came from."""

import asyncio


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        print(f"server: got {data.decode()}")
        self.transport.sendto(data, addr)


class Question(asyncio.DatagramProtocol):
    def __init__(self, message, closed):
        self.message = message
        self.closed = closed

    def connection_made(self, transport):
        self.transport = transport
        print(f"client: sends {self.message}")
        transport.sendto(self.message.encode())

    def datagram_received(self, data, addr):
        print(f"client: got {data.decode()}")
        self.transport.close()

    def error_received(self, exc):
        print(f"client: {exc}")

    def connection_lost(self, exc):
        print("client: closed")
        self.closed.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    server, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    try:
        address = server.get_extra_info("sockname")
        closed = loop.create_future()
        await loop.create_datagram_endpoint(lambda: Question("Hello, World!", closed), remote_addr=address)
        await closed
    finally:
        server.close()


asyncio.run(main())
