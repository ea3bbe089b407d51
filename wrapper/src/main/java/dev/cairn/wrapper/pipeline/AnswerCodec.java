package dev.cairn.wrapper.pipeline;

import dev.cairn.cache.Digest;
import dev.cairn.cache.ManifestEntry.Condition;
import dev.cairn.wrapper.events.Fields;
import dev.cairn.wrapper.family.SideOutput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The answers to an invocation as bytes, so that the next daemon need not look them up. Stateless. */
final class AnswerCodec {
    /** Answers of a version that understood something otherwise are not believed. */
    private static final String VERSION = "2-" + Context.SCHEMA;

    private AnswerCodec() {}

    /**
     * Answers and how everything looked that they rest on.
     *
     * @param request the key of the invocation
     * @param looks as {@link dev.cairn.cache.Looks} has them
     */
    record Kept(Digest request, byte[] looks, List<Recollection> answers) {}

    static byte[] encode(Kept kept) {
        List<String> fields = new ArrayList<>(
                List.of(VERSION, kept.request().hex(), new String(kept.looks(), StandardCharsets.ISO_8859_1)));
        Fields.putAll(fields, kept.answers(), AnswerCodec::put);
        return Fields.encode(fields);
    }

    private static void put(List<String> fields, Recollection answer) {
        Target target = answer.target();
        fields.add(Integer.toString(target.position()));
        fields.add(target.source());
        fields.add(target.output());
        Fields.putAll(fields, target.depfile().stream().toList(), List::add);
        Fields.putAll(fields, target.sideOutputs(), (to, side) -> {
            to.add(side.role().name());
            to.add(side.path());
        });
        Fields.putAll(fields, answer.conditions(), (to, condition) -> {
            to.add(condition.kind());
            Fields.putAll(to, condition.paths(), List::add);
            to.add(condition.value());
        });
        Fields.putAll(fields, answer.notes(), List::add);
        Fields.putAll(fields, answer.roots().all(), (to, root) -> {
            to.add(root.path());
            to.add(Character.toString(root.letter()));
            to.add(Boolean.toString(root.isDirectory()));
        });
        fields.add(answer.context().hex());
        fields.add(answer.shelf().hex());
        fields.add(answer.artifact().hex());
    }

    static Optional<Kept> decode(byte[] bytes) {
        return Fields.decode(bytes)
                .filter(fields -> !fields.isEmpty() && fields.get(0).equals(VERSION))
                .flatMap(AnswerCodec::read);
    }

    private static Optional<Kept> read(List<String> fields) {
        try {
            Iterator<String> next = fields.iterator();
            next.next();
            Digest request = Digest.parse(next.next());
            byte[] looks = next.next().getBytes(StandardCharsets.ISO_8859_1);
            List<Recollection> answers = Fields.takeAll(next, AnswerCodec::take);
            return answers.isEmpty() || next.hasNext()
                    ? Optional.empty()
                    : Optional.of(new Kept(request, looks, answers));
        } catch (IllegalArgumentException | NoSuchElementException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static Recollection take(Iterator<String> next) {
        Target target = new Target(
                Integer.parseInt(next.next()),
                next.next(),
                next.next(),
                Fields.takeAll(next, Iterator::next).stream().findFirst(),
                Fields.takeAll(next, each -> new SideOutput(SideOutput.Role.valueOf(each.next()), each.next())));
        List<Condition> conditions = Fields.takeAll(
                next, each -> new Condition(each.next(), Fields.takeAll(each, Iterator::next), each.next()));
        List<String> notes = Fields.takeAll(next, Iterator::next);
        List<Roots.Root> roots = Fields.takeAll(
                next, each -> new Roots.Root(each.next(), each.next().charAt(0), Boolean.parseBoolean(each.next())));
        return new Recollection(
                target,
                InputSet.LAPSED,
                conditions,
                notes,
                Roots.of(roots),
                Digest.parse(next.next()),
                Digest.parse(next.next()),
                Digest.parse(next.next()));
    }
}
