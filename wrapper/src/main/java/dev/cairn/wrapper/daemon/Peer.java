package dev.cairn.wrapper.daemon;

import dev.cairn.cache.Users;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.OptionalLong;
import jdk.net.ExtendedSocketOptions;

/** Who is at the other end of a connection. Stateless. */
final class Peer {
    private Peer() {}

    /** Whether the peer runs as the user that this daemon runs as. */
    static boolean isSelf(SocketChannel connection) {
        OptionalLong user = Users.ofPeer(connection);
        return user.isPresent() ? user.getAsLong() == Users.self() : isSelfByName(connection);
    }

    private static boolean isSelfByName(SocketChannel connection) {
        try {
            return connection
                    .getOption(ExtendedSocketOptions.SO_PEERCRED)
                    .user()
                    .getName()
                    .equals(System.getProperty("user.name"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
