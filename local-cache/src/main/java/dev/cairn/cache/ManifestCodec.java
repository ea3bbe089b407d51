package dev.cairn.cache;

import java.util.List;
import java.util.Optional;

/** The format of a manifest: its entries, the one last used first. */
final class ManifestCodec {
    private ManifestCodec() {}

    static byte[] encode(byte[] key, List<ManifestEntry> entries) {
        RecordWriter writer = new RecordWriter(Table.MANIFESTS, 1024).putCount(entries.size());
        entries.forEach(entry -> put(writer, entry));
        return writer.finish(key);
    }

    static void put(RecordWriter writer, ManifestEntry entry) {
        writer.putDigest(entry.artifact()).putCount(entry.inputs().size());
        for (ManifestEntry.Input input : entry.inputs()) {
            writer.putText(input.path()).putDigest(input.content());
        }
        putTexts(writer, entry.searched());
        putTexts(writer, entry.present());
        putTexts(writer, entry.probed());
        writer.putCount(entry.conditions().size());
        for (ManifestEntry.Condition condition : entry.conditions()) {
            writer.putText(condition.kind()).putText(condition.value());
            putTexts(writer, condition.paths());
        }
        writer.putText(entry.bound());
    }

    static Optional<List<ManifestEntry>> decode(byte[] key, byte[] value) {
        return RecordReader.decode(
                Table.MANIFESTS, key, value, reader -> List.copyOf(reader.takeList(ManifestCodec::entry)));
    }

    /** Returns about how many bytes an entry takes. */
    static long size(ManifestEntry entry) {
        long size = Digest.LENGTH;
        for (ManifestEntry.Input input : entry.inputs()) {
            size += input.path().length() + Digest.LENGTH + 2;
        }
        for (ManifestEntry.Condition condition : entry.conditions()) {
            size += size(condition.paths()) + condition.value().length() + 16L;
        }
        return size + size(entry.searched()) + size(entry.present()) + size(entry.probed());
    }

    private static long size(List<String> texts) {
        return texts.stream().mapToLong(text -> text.length() + 2L).sum();
    }

    static ManifestEntry entry(RecordReader reader) {
        Digest artifact = reader.takeDigest();
        return new ManifestEntry(
                reader.takeList(input -> new ManifestEntry.Input(input.takeText(), input.takeDigest())),
                reader.takeList(RecordReader::takeText),
                reader.takeList(RecordReader::takeText),
                reader.takeList(RecordReader::takeText),
                reader.takeList(ManifestCodec::condition),
                reader.takeText(),
                artifact);
    }

    private static ManifestEntry.Condition condition(RecordReader reader) {
        String kind = reader.takeText();
        String value = reader.takeText();
        return new ManifestEntry.Condition(kind, reader.takeList(RecordReader::takeText), value);
    }

    private static void putTexts(RecordWriter writer, List<String> texts) {
        writer.putCount(texts.size());
        texts.forEach(writer::putText);
    }
}
