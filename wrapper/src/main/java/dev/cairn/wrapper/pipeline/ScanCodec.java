package dev.cairn.wrapper.pipeline;

import dev.cairn.wrapper.events.Fields;
import dev.cairn.wrapper.family.IncludeScan;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/** Scans as bytes, so that the next daemon need not read every header again. Stateless. */
final class ScanCodec {
    /** Scans of a version that overlooked something are made anew. */
    private static final String VERSION = "1-" + Context.SCHEMA;

    private ScanCodec() {}

    static byte[] encode(IncludeScan scan) {
        List<String> fields = new ArrayList<>(List.of(VERSION));
        for (List<String> names :
                List.of(scan.quoted(), scan.angled(), scan.probedQuoted(), scan.probedAngled(), scan.lineFiles())) {
            Fields.putAll(fields, names, List::add);
        }
        fields.add(scan.computed() + "," + scan.computedProbe() + "," + scan.embedded() + "," + scan.once());
        scan.clocks().forEach(clock -> fields.add(clock.name()));
        return Fields.encode(fields);
    }

    static Optional<IncludeScan> decode(byte[] bytes) {
        return Fields.decode(bytes)
                .filter(fields -> !fields.isEmpty() && fields.get(0).equals(VERSION))
                .flatMap(ScanCodec::read);
    }

    private static Optional<IncludeScan> read(List<String> fields) {
        try {
            Iterator<String> next = fields.iterator();
            next.next();
            List<List<String>> names = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                names.add(Fields.takeAll(next, Iterator::next));
            }
            String[] flags = next.next().split(",", -1);
            Set<IncludeScan.Clock> clocks = EnumSet.noneOf(IncludeScan.Clock.class);
            next.forEachRemaining(name -> clocks.add(IncludeScan.Clock.valueOf(name)));
            return Optional.of(new IncludeScan(
                    names.get(0),
                    names.get(1),
                    names.get(2),
                    names.get(3),
                    names.get(4),
                    flag(flags, 0),
                    flag(flags, 1),
                    clocks,
                    flag(flags, 2),
                    flag(flags, 3)));
        } catch (IllegalArgumentException | NoSuchElementException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static boolean flag(String[] flags, int index) {
        return switch (flags[index]) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(flags[index]);
        };
    }
}
