package dev.cairn.wrapper.protocol;

/** A frame from a launcher or from the command line; numbers as in docs/protocol.md. */
public sealed interface Frame {
    /** Number of the protocol that this version speaks. */
    int PROTOCOL = 2;

    int COMPILE = 0x01;
    int FINISHED = 0x02;
    int UNDELIVERED = 0x03;
    int CONTROL = 0x04;
    int RUNNING = 0x05;
    int PASSTHROUGH = 0x81;
    int HIT = 0x82;
    int RUN = 0x83;
    int DONE = 0x84;
    int REPLY = 0x85;

    /** An invocation. */
    record Compile(Request request) implements Frame {}

    /** An invocation in another version's protocol. */
    record OtherProtocol(int protocol) implements Frame {}

    /** The compiler ended. */
    record Ended(Finished finished) implements Frame {}

    /** A hit could not be delivered. */
    record Undelivered(int errno, String destination) implements Frame {}

    /** The compiler runs, and a hit may come. */
    record Running() implements Frame {}

    /** A question of the command line, one JSON object. */
    record Control(int protocol, byte[] json) implements Frame {}
}
