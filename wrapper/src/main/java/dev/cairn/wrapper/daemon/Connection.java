package dev.cairn.wrapper.daemon;

import dev.cairn.wrapper.pipeline.Pipeline;
import dev.cairn.wrapper.pipeline.Session;
import dev.cairn.wrapper.protocol.Answer;
import dev.cairn.wrapper.protocol.Frame;
import dev.cairn.wrapper.protocol.FrameReader;
import dev.cairn.wrapper.protocol.FrameWriter;
import dev.cairn.wrapper.protocol.Request;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, from its first frame to its end. For use by one thread; a hit that overtakes the compiler is written by
 * another, while nothing else is (docs/protocol.md).
 */
final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final Pipeline pipeline;
    private final Control control;
    private final FrameReader reader;
    private final FrameWriter writer;

    Connection(SocketChannel channel, Pipeline pipeline, Control control) {
        this.pipeline = pipeline;
        this.control = control;
        this.reader = new FrameReader(channel);
        this.writer = new FrameWriter(channel);
    }

    /** Serves the connection until its end. A failure ends it; the launcher then runs the compiler. */
    void serve() {
        try {
            Optional<Frame> first = reader.next();
            if (first.isPresent()) {
                serve(first.get());
            }
        } catch (IOException e) {
            LOG.debug("connection failed", e);
        } catch (RuntimeException | Error e) {
            LOG.error("request failed", e);
        }
    }

    private void serve(Frame first) throws IOException {
        // Apart from the others: before a switch over types the JVM has to make a class, and a first hit would wait for
        // that.
        if (first instanceof Frame.Compile(Request request)) {
            compile(request);
        } else {
            serveOther(first);
        }
    }

    private void serveOther(Frame first) throws IOException {
        switch (first) {
            case Frame.OtherProtocol other -> writer.answer(new Answer.Passthrough("protocol_mismatch"));
            case Frame.Control(int protocol, byte[] json) -> control(json);
            default ->
                LOG.warn("a frame came without a request: {}", first.getClass().getSimpleName());
        }
    }

    private void compile(Request request) throws IOException {
        try (Session session = pipeline.session(request)) {
            try {
                answer(session);
            } catch (RuntimeException e) {
                LOG.error("request failed: {} in {}", request.compiler(), request.directory(), e);
                session.failed(e);
            }
        }
    }

    private void answer(Session session) throws IOException {
        Answer answer = session.first();
        writer.answer(answer);
        session.meanwhile();
        for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
            switch (next.get()) {
                case Frame.Running running -> session.running(writer::answer);
                case Frame.Ended(var finished) -> writer.done(session.finished(finished));
                case Frame.Undelivered(int errno, String destination) ->
                    writer.answer(session.undelivered(errno, destination));
                default -> {
                    LOG.warn("unexpected frame {}", next.get().getClass().getSimpleName());
                    return;
                }
            }
        }
    }

    private void control(byte[] json) throws IOException {
        Optional<byte[]> question = Optional.of(json);
        while (question.isPresent()) {
            writer.reply(control.answer(question.get()));
            control.afterReply();
            question =
                    reader.next().filter(Frame.Control.class::isInstance).map(frame -> ((Frame.Control) frame).json());
        }
    }
}
