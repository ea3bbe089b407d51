package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.NewArtifact;
import dev.cairn.cache.NewArtifact.NewOutput;
import dev.cairn.wrapper.family.MakeRules;
import dev.cairn.wrapper.protocol.Finished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a compilation wrote and printed, in the form in which it is stored: as it is, or with tokens in place of the
 * checkout's directories. Immutable.
 */
final class Outputs {
    private final Context context;
    private final List<Witness.Written> written;
    private final Finished finished;
    private final Optional<MakeRules> rules;

    private Outputs(Context context, List<Witness.Written> written, Finished finished, Optional<MakeRules> rules) {
        this.context = context;
        this.written = List.copyOf(written);
        this.finished = finished;
        this.rules = rules;
    }

    static Outputs of(Context context, List<Witness.Written> written, Finished finished) throws IOException {
        Optional<MakeRules> rules = Optional.empty();
        for (Witness.Written output : written) {
            if (output.role().equals(Roles.DEPFILE) && !context.roots().isEmpty()) {
                rules = MakeRules.of(Files.readString(Path.of(output.path()), StandardCharsets.ISO_8859_1));
            }
        }
        return new Outputs(context, written, finished, rules);
    }

    /** Returns the absolute paths of the files that are stored as they are, wherever they may be used. */
    List<String> asTheyAre() {
        return written.stream()
                .filter(output -> !output.role().equals(Roles.DEPFILE))
                .map(Witness.Written::path)
                .toList();
    }

    /** Returns the depfile when it can't be written again for another checkout. */
    Optional<String> unsplit() {
        return written.stream()
                .filter(output -> output.role().equals(Roles.DEPFILE))
                .filter(output -> !context.roots().isEmpty() && rules.isEmpty())
                .map(Witness.Written::path)
                .findFirst();
    }

    /** Makes what is stored. */
    NewArtifact artifact(boolean anywhere) {
        boolean tokens = anywhere && !context.roots().isEmpty();
        List<NewOutput> outputs = written.stream()
                .<NewOutput>map(output -> tokens && output.role().equals(Roles.DEPFILE)
                        ? new NewOutput.Text(Roles.RULES, bytes(rulesEverywhere()))
                        : new NewOutput.Written(output.role(), output.path()))
                .toList();
        return tokens
                ? new NewArtifact(outputs, everywhere(finished.stdout()), everywhere(finished.stderr()))
                : new NewArtifact(outputs, finished.stdout(), finished.stderr());
    }

    private String rulesEverywhere() {
        return rules.orElseThrow().withNames(context.roots()::normalise).encode();
    }

    private byte[] everywhere(byte[] text) {
        return bytes(context.roots()
                .normaliseText(new String(text, StandardCharsets.ISO_8859_1))
                .orElseThrow());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
