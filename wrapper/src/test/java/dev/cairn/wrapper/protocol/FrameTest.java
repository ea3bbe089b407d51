package dev.cairn.wrapper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FrameTest {
    @Test
    void aCompileFrameIsReadAsWritten() throws IOException {
        Frame frame = read(compile()).orElseThrow();
        assertThat(frame).isInstanceOfSatisfying(Frame.Compile.class, compile -> {
            Request request = compile.request();
            assertThat(request.stdoutTerminal()).isFalse();
            assertThat(request.stderrTerminal()).isTrue();
            assertThat(request.device()).isEqualTo((0xfeL << 32) | 1);
            assertThat(request.inode()).isEqualTo(42);
            assertThat(request.directory()).isEqualTo("/w\u00ff");
            assertThat(request.compiler()).isEqualTo("/usr/bin/gcc");
            assertThat(request.arguments()).containsExactly("gcc", "-c", "", "a b.c");
            assertThat(request.environment())
                    .containsEntry("A", "1=2")
                    .containsEntry("B", "")
                    .hasSize(2);
        });
    }

    @Test
    void anotherProtocolIsRecognisedBeforeAnythingElseIsRead() throws IOException {
        byte[] frame = {3, 0, 0, 0, Frame.COMPILE, 9, 0};
        assertThat(read(frame)).contains(new Frame.OtherProtocol(9));
    }

    @Test
    void aFinishedFrameTellsHowTheCompilerEnded() throws IOException {
        ByteBuffer body = body(Frame.FINISHED).putInt(9).putInt(1 | 4);
        put(body, "out");
        put(body, "err");
        put(body, "a.o: a.c");
        Frame frame = read(framed(body)).orElseThrow();
        assertThat(frame).isInstanceOfSatisfying(Frame.Ended.class, ended -> {
            assertThat(ended.finished().signalled()).isTrue();
            assertThat(ended.finished().exitCode()).isEqualTo(137);
            assertThat(ended.finished().outputCut()).isTrue();
            assertThat(ended.finished().scanFailed()).isFalse();
            assertThat(ended.finished().dependencies()).isPresent();
        });
    }

    @Test
    void aRunningFrameHasNothingInIt() throws IOException {
        assertThat(read(framed(body(Frame.RUNNING)))).contains(new Frame.Running());
    }

    @Test
    void aConnectionThatEndsBetweenFramesIsNoError() throws IOException {
        assertThat(read(new byte[0])).isEmpty();
    }

    @Property(tries = 300)
    void aFrameCutAnywhereIsMalformed(@ForAll @IntRange(min = 1, max = 90) int length) {
        byte[] whole = compile();
        byte[] cut = Arrays.copyOf(whole, Math.min(length, whole.length - 1));
        assertThatThrownBy(() -> read(cut)).isInstanceOf(FrameReader.Malformed.class);
    }

    @Property(tries = 2000)
    void alteredBytesNeverDoMoreThanMakeTheFrameMalformed(
            @ForAll @IntRange(min = 0, max = 120) int position, @ForAll byte value) throws IOException {
        byte[] altered = compile();
        altered[position % altered.length] = value;
        try {
            read(altered);
        } catch (FrameReader.Malformed expected) {
            assertThat(expected).hasMessageMatching(".+");
        }
    }

    private static byte[] compile() {
        ByteBuffer body = body(Frame.COMPILE);
        body.putShort((short) Frame.PROTOCOL)
                .putInt(2)
                .putLong((0xfeL << 8) | 1)
                .putLong(42);
        put(body, "/w\u00ff");
        put(body, "/usr/bin/gcc");
        putAll(body, List.of("gcc", "-c", "", "a b.c"));
        putAll(body, List.of("A=1=2", "B=", "=odd", "A=later"));
        return framed(body);
    }

    private static ByteBuffer body(int type) {
        return ByteBuffer.allocate(4096)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0)
                .put((byte) type);
    }

    private static void putAll(ByteBuffer body, List<String> texts) {
        body.putInt(texts.size());
        texts.forEach(text -> put(body, text));
    }

    private static void put(ByteBuffer body, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        body.putInt(bytes.length).put(bytes);
    }

    private static byte[] framed(ByteBuffer body) {
        body.putInt(0, body.position() - Integer.BYTES);
        byte[] bytes = new byte[body.flip().remaining()];
        body.get(bytes);
        return bytes;
    }

    private static Optional<Frame> read(byte[] bytes) throws IOException {
        return new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes))).next();
    }
}
