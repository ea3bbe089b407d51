package dev.cairn.remote;

/** What all keys of a store begin with in its bucket. */
record KeyPrefix(String text) {
    KeyPrefix(String text) {
        this.text = text.isEmpty() ? "" : ObjectKeys.requireKey(text) + "/";
    }

    String add(String key) {
        return text + ObjectKeys.requireKey(key);
    }

    String addToPrefix(String prefix) {
        return text + ObjectKeys.requirePrefix(prefix);
    }

    String remove(String full) {
        return full.substring(text.length());
    }
}
