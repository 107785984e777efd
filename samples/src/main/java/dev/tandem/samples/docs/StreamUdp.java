package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static dev.tandem.javaapi.Transports.openDatagramEndpoint;
import static java.time.Duration.ofSeconds;

import dev.tandem.TimeoutException;
import dev.tandem.javaapi.DatagramOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;

/** The examples of {@code docs/streams.md}; a test compares what they print with the comments in them. */
final class StreamUdp {
  private StreamUdp() {}

  static void datagrams() {
    // region udp
    var anyPort = new InetSocketAddress("127.0.0.1", 0);
    try (var server = await(openDatagramEndpoint(anyPort))) {
      var toServer = new DatagramOptions().withRemoteAddress(server.getLocalAddress());
      try (var client = await(openDatagramEndpoint(toServer))) {
        await(client.send("hello".getBytes())); // to the one address it is connected to
        var datagram = await(server.receive());
        var answer = new String(datagram.data()).toUpperCase().getBytes();
        await(server.send(answer, datagram.address()));
        System.out.println(new String(await(client.receive()).data()));
      }
    }
    // HELLO
    // endregion
  }

  static void answersThatMayNotCome() throws IOException {
    InetSocketAddress nobody;
    try (var endpoint = await(openDatagramEndpoint(new InetSocketAddress("127.0.0.1", 0)))) {
      nobody = endpoint.getLocalAddress();
    }
    // region udp-lost
    var toNobody = new DatagramOptions().withRemoteAddress(nobody);
    try (var client = await(openDatagramEndpoint(toNobody))) {
      await(client.send("anybody?".getBytes()));
      await(waitFor(client.receive(), ofSeconds(2)), IOException.class);
    } catch (PortUnreachableException e) {
      System.out.println("nobody listens"); // the peer's host has said so
    } catch (TimeoutException e) {
      System.out.println("lost on the way, or firewalled: ask again");
    }
    // nobody listens
    // endregion
  }

  static void groups() throws IOException {
    // region udp-group
    var loopback = NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1"));
    var group = InetAddress.getByName("239.255.1.2");
    var ipv4 = new DatagramOptions().withFamily(StandardProtocolFamily.INET);
    var anyPort = ipv4.withLocalAddress(new InetSocketAddress(0));
    try (var member = await(openDatagramEndpoint(anyPort));
        var sender = await(openDatagramEndpoint(ipv4))) {
      member.join(group, loopback);
      sender.setMulticastInterface(loopback);
      var toGroup = new InetSocketAddress(group, member.getLocalAddress().getPort());
      await(sender.send("to all".getBytes(), toGroup));
      System.out.println(new String(await(member.receive()).data()));
    }
    // to all
    // endregion
  }
}
