package dev.cairn.wrapper.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON objects as text, and their fields as text fit for a terminal. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode node(Object value) {
        return MAPPER.valueToTree(value);
    }

    /**
     * Parses one object.
     *
     * @throws JacksonException when the text is anything else
     */
    static ObjectNode parse(byte[] text) {
        return MAPPER.readValue(text, ObjectNode.class);
    }

    static byte[] compact(ObjectNode object) {
        return MAPPER.writeValueAsBytes(object);
    }

    static String pretty(ObjectNode object) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(object);
    }

    /** Returns a field's text without control characters, which could be a terminal's commands; "" when absent. */
    static String text(JsonNode node, String field) {
        return printable(node.path(field).asString(""));
    }

    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    static long number(JsonNode node, String field) {
        return node.path(field).asLong(0);
    }
}
