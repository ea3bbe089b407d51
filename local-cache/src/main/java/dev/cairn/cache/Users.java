package dev.cairn.cache;

import java.nio.channels.SocketChannel;
import java.util.OptionalLong;

/** Numbers of users. The JDK gives names, which it looks up, in files or over the network. Thread-safe. */
public final class Users {
    private Users() {}

    /** Returns the user as whom this process runs. */
    public static long self() {
        return SmallLibrary.user();
    }

    /** Returns the user at the other end of a connection through a socket of this machine; empty when that can't be asked. */
    public static OptionalLong ofPeer(SocketChannel connection) {
        long user = SmallLibrary.peer(connection);
        return user < 0 ? OptionalLong.empty() : OptionalLong.of(user);
    }
}
